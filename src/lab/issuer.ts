import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabAccount } from './labAccount.ts';
import type { TokenBook } from './tokenBook.ts';
import { readFields, readText, sendJson } from './http.ts';

interface Grant { readonly account: LabAccount; readonly challenge: string; readonly redirectUri: string }
interface Device { readonly userCode: string; account: LabAccount | null }

/** The OAuth issuer: authorize with PKCE, token with rotation, device code, revoke, token exchange. */
export class Issuer {
  readonly #book: TokenBook;
  readonly #accounts: () => readonly LabAccount[];
  readonly #grants = new Map<string, Grant>();
  readonly #devices = new Map<string, Device>();

  constructor(book: TokenBook, accounts: () => readonly LabAccount[]) {
    this.#book = book;
    this.#accounts = accounts;
  }

  /** True when the route is the issuer's. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /oauth/authorize': this.#authorize(response, url.searchParams); return true;
      case 'POST /oauth/token': this.#token(response, readFields(await readText(request), request.headers['content-type'])); return true;
      case 'POST /oauth/revoke': this.#book.revoke(readFields(await readText(request), request.headers['content-type'])['token'] ?? ''); sendJson(response, 200, {}); return true;
      case 'POST /api/accounts/deviceauth/usercode': this.#userCode(response); return true;
      case 'POST /api/accounts/deviceauth/token': this.#deviceToken(response, readFields(await readText(request), 'json'), `http://${request.headers.host}`); return true;
      default: return false;
    }
  }

  /** A person enters the code on the device page. */
  approveDevice(userCode: string, account: LabAccount): void {
    for (const device of this.#devices.values()) if (device.userCode === userCode) device.account = account;
  }

  /** The person is already signed in: `login_hint` (e-mail) says as whom, else the first account. */
  #authorize(response: ServerResponse, query: URLSearchParams): void {
    const account = this.#accounts().find(({ settings }) => settings.email === query.get('login_hint')) ?? this.#accounts()[0];
    const redirectUri = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge');
    if (!account || !challenge || query.get('code_challenge_method') !== 'S256' || !/^http:\/\/(localhost|127\.0\.0\.1):\d+\/auth\/callback$/.test(redirectUri)) {
      return sendJson(response, 400, { error: 'invalid_request' });
    }
    const target = new URL(redirectUri);
    target.searchParams.set('code', this.#grant(account, challenge, redirectUri));
    target.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: target.href }).end();
  }

  #grant(account: LabAccount, challenge: string, redirectUri: string): string {
    const code = `ac_${randomBytes(12).toString('hex')}`;
    this.#grants.set(code, { account, challenge, redirectUri });
    return code;
  }

  #token(response: ServerResponse, fields: Record<string, string>): void {
    switch (fields['grant_type']) {
      case 'authorization_code': return this.#exchange(response, fields);
      case 'refresh_token': return this.#refresh(response, fields['refresh_token'] ?? '');
      case 'urn:ietf:params:oauth:grant-type:token-exchange': return sendJson(response, 200, { access_token: `sk-lab-${randomBytes(8).toString('hex')}` });
      default: return sendJson(response, 400, { error: 'unsupported_grant_type' });
    }
  }

  #exchange(response: ServerResponse, fields: Record<string, string>): void {
    const grant = this.#grants.get(fields['code'] ?? '');
    this.#grants.delete(fields['code'] ?? '');
    const challenge = createHash('sha256').update(fields['code_verifier'] ?? '').digest('base64url');
    if (!grant || grant.challenge !== challenge || grant.redirectUri !== fields['redirect_uri']) return sendJson(response, 400, { error: 'invalid_grant' });
    sendJson(response, 200, this.#book.issue(grant.account));
  }

  #refresh(response: ServerResponse, refreshToken: string): void {
    const refreshed = this.#book.refresh(refreshToken);
    if ('tokens' in refreshed) return sendJson(response, 200, refreshed.tokens);
    const { code } = refreshed;
    if (code === 'invalid_grant') return sendJson(response, 400, { error: 'invalid_grant' });
    if (code.startsWith('http_')) return sendJson(response, Number(code.slice(5)), { error: { message: 'scripted' } });
    sendJson(response, 401, { error: { message: 'Your refresh token cannot be used.', type: 'invalid_request_error', param: null, code } });
  }

  #userCode(response: ServerResponse): void {
    const id = `deviceauth_${randomBytes(8).toString('hex')}`;
    const userCode = `${randomBytes(2).toString('hex')}-${randomBytes(3).toString('hex')}`.toUpperCase();
    this.#devices.set(id, { userCode, account: null });
    sendJson(response, 200, { device_auth_id: id, user_code: userCode, interval: '1' });
  }

  #deviceToken(response: ServerResponse, fields: Record<string, string>, issuer: string): void {
    const device = this.#devices.get(fields['device_auth_id'] ?? '');
    if (!device || device.userCode !== fields['user_code'] || !device.account) return sendJson(response, 403, { error: 'authorization_pending' });
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = this.#grant(device.account, challenge, `${issuer}/deviceauth/callback`);
    sendJson(response, 200, { authorization_code: code, code_challenge: challenge, code_verifier: verifier });
  }
}
