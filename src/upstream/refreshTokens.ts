import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import type { RefreshOutcome, RefreshTokens } from '../core/refreshTokens.ts';
import type { TokenRecord } from '../core/records.ts';
import { codexIdentity } from '../core/codexClient.ts';
import { readRetryAfter } from '../core/cooldown.ts';
import { isClosedCode } from '../core/failure.ts';
import { readClaims } from '../core/jwtClaims.ts';
import type { HttpSend } from './httpSend.ts';

const token = z.optional(z.nullable(z.string()));
const Renewed = z.looseObject({ id_token: token, access_token: token, refresh_token: token });
const Refused = z.looseObject({ error: z.optional(z.union([z.string(), z.looseObject({ code: z.optional(z.nullable(z.string())) })])), code: z.optional(z.nullable(z.string())) });

/** By these the issuer says that this refresh token will never work again. */
const finalCodes = new Set(['invalid_grant', 'refresh_token_expired', 'refresh_token_reused', 'refresh_token_invalidated']);

export interface RefreshOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly send: HttpSend;
  readonly clock: Pick<Clock, 'now'>;
}

/** Renews a login as Codex CLI does: JSON to `/oauth/token`, where any of the three tokens may be missing from the answer and then keeps its value. */
export function makeRefreshTokens({ issuer, clientId, send, clock }: RefreshOptions): RefreshTokens {
  return async (tokens, reason, proxy): Promise<RefreshOutcome> => {
    const body = JSON.stringify({ client_id: clientId, grant_type: 'refresh_token', refresh_reason: reason, refresh_token: tokens.refreshToken });
    const answer = await send(`${issuer}/oauth/token`, { body, headers: ['content-type', 'application/json', ...codexIdentity], proxy });
    if (answer.kind === 'failed') return { kind: 'failed', reason: answer.reason, lost: answer.sent, retryAfterMs: null };
    if (answer.status >= 200 && answer.status < 300) return renewed(tokens, answer.body, Math.floor(clock.now() / 1000));
    const code = codeOf(answer.body);
    if (code !== null && (finalCodes.has(code) || isClosedCode(code))) return { kind: 'refused', reason: code };
    return { kind: 'failed', reason: `http_${answer.status}`, lost: false, retryAfterMs: readRetryAfter(answer.retryAfter ?? undefined, clock.now()) };
  };
}

function renewed(before: TokenRecord, body: string, now: number): RefreshOutcome {
  const answer = Renewed.safeParse(parse(body)).data;
  if (!answer?.access_token) return { kind: 'failed', reason: 'unreadable_answer', lost: true, retryAfterMs: null };
  const refreshToken = answer.refresh_token || before.refreshToken;
  return {
    kind: 'renewed',
    tokens: {
      ...before,
      accessToken: answer.access_token,
      refreshToken,
      idToken: answer.id_token || before.idToken,
      accessExpiresAt: readClaims(answer.access_token)?.expiresAt ?? null,
      lastRefresh: now,
      replacedHash: refreshToken === before.refreshToken || before.refreshToken === null ? before.replacedHash : createHash('sha256').update(before.refreshToken).digest('hex'),
    },
  };
}

function codeOf(body: string): string | null {
  const refused = Refused.safeParse(parse(body)).data;
  if (!refused) return null;
  return typeof refused.error === 'string' ? refused.error : (refused.error?.code ?? refused.code ?? null);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
