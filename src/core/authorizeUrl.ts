/** What a browser login asks the issuer for. Source: what Codex CLI sends (0.16x), whose client we are to the issuer. */
export interface AuthorizeRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** S256 of the verifier, base64url. */
  readonly challenge: string;
  readonly state: string;
  readonly originator: string;
  /** Only this workspace may be signed in to; null for any. */
  readonly workspaceId: string | null;
}

const scope = 'openid profile email offline_access api.connectors.read api.connectors.invoke';

/** The address a browser login begins at. */
export function authorizeUrl(request: AuthorizeRequest): string {
  const fields: readonly (readonly [string, string])[] = [
    ['response_type', 'code'],
    ['client_id', request.clientId],
    ['redirect_uri', request.redirectUri],
    ['scope', scope],
    ['code_challenge', request.challenge],
    ['code_challenge_method', 'S256'],
    ['id_token_add_organizations', 'true'],
    ['codex_cli_simplified_flow', 'true'],
    ['state', request.state],
    ['originator', request.originator],
    ...(request.workspaceId === null ? [] : [['allowed_workspace_id', request.workspaceId] as const]),
  ];
  return `${request.issuer}/oauth/authorize?${fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
