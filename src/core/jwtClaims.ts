import * as z from 'zod/mini';

const text = z.optional(z.catch(z.string(), ''));
const Organization = z.looseObject({ id: text, title: text, role: text, is_default: z.optional(z.catch(z.boolean(), false)) });
const Payload = z.looseObject({
  sub: text,
  email: text,
  exp: z.optional(z.catch(z.nullable(z.number()), null)),
  'https://api.openai.com/auth': z.optional(z.catch(z.looseObject({ chatgpt_account_id: text, chatgpt_plan_type: text, chatgpt_user_id: text, organizations: z.optional(z.catch(z.array(Organization), [])) }), {})),
  'https://api.openai.com/profile': z.optional(z.catch(z.looseObject({ email: text }), {})),
  chatgpt_account_id: text,
});

/** What a token says about its owner; null where it does not say. `exp` in Unix seconds. */
export interface Claims {
  readonly subject: string | null;
  readonly email: string | null;
  readonly expiresAt: number | null;
  readonly chatgptAccountId: string | null;
  readonly planType: string | null;
  readonly chatgptUserId: string | null;
  /** Title of the default organisation, and the person's role in it. */
  readonly workspaceName: string | null;
  readonly workspaceRole: string | null;
}

/** The claims of a JWT, without checking its signature: it is its owner's, and only the issuer can check it. Null when it is not a JWT. Never throws. */
export function readClaims(jwt: string): Claims | null {
  const parts = jwt.split('.');
  if (parts.length !== 3 || !parts[1]) return null;
  try {
    const payload = Payload.parse(JSON.parse(decode(parts[1])));
    const auth = payload['https://api.openai.com/auth'];
    const organization = auth?.organizations?.find(({ is_default }) => is_default === true) ?? auth?.organizations?.[0];
    return {
      subject: payload.sub || null,
      email: payload.email || payload['https://api.openai.com/profile']?.email || null,
      expiresAt: payload.exp ?? null,
      chatgptAccountId: auth?.chatgpt_account_id || payload.chatgpt_account_id || null,
      planType: auth?.chatgpt_plan_type || null,
      chatgptUserId: auth?.chatgpt_user_id || null,
      workspaceName: organization?.title || null,
      workspaceRole: organization?.role || null,
    };
  } catch {
    return null;
  }
}

function decode(base64url: string): string {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  // Most tokens are plain ASCII, and an import reads tens of thousands of them.
  if (!/[\x80-\xff]/.test(binary)) return binary;
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
