import { createHmac } from 'node:crypto';

/** The secret is public: these tokens open nothing but the fake provider that made them. */
const secret = 'codexmanager-lab';

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A signed JWT with these claims. */
export function mintJwt(claims: Readonly<Record<string, unknown>>): string {
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
