import * as z from 'zod/mini';
import { codexIdentity } from '../core/codexClient.ts';
import type { HttpSend } from './httpSend.ts';

const text = z.optional(z.nullable(z.string()));
const Answer = z.looseObject({ email: text, chatgpt_user_id: z.string().check(z.minLength(1)), chatgpt_account_id: text, chatgpt_plan_type: text });

/** Whose a personal access token is, or why nobody knows. `reason` is for a person and names no token. */
export type Owner =
  | { readonly kind: 'owner'; readonly subject: string; readonly chatgptAccountId: string | null; readonly email: string | null; readonly plan: string | null }
  | { readonly kind: 'unknown'; readonly reason: string };

export type WhoAmI = (token: string, proxy: string | null, signal?: AbortSignal) => Promise<Owner>;

/** Asks the issuer whose a personal access token is, as Codex CLI does at its start. Never throws. */
export function makeWhoAmI({ issuer, send }: { readonly issuer: string; readonly send: HttpSend }): WhoAmI {
  return async (token, proxy, signal) => {
    const answer = await send(`${issuer}/api/accounts/v1/user-auth-credential/whoami`, { headers: ['authorization', `Bearer ${token}`, 'accept', 'application/json', ...codexIdentity], proxy, ...(signal && { signal }) });
    if (answer.kind === 'failed') return { kind: 'unknown', reason: `the issuer cannot be reached to say whose token this is (${answer.reason}); try again when there is a network` };
    if (answer.status === 401 || answer.status === 403) return { kind: 'unknown', reason: 'the issuer refuses this token: it has expired or was revoked' };
    const owner = answer.status === 200 ? Answer.safeParse(parse(answer.body)).data : undefined;
    if (!owner) return { kind: 'unknown', reason: `the issuer did not say whose token this is (HTTP ${answer.status}); try again later` };
    return { kind: 'owner', subject: owner.chatgpt_user_id, chatgptAccountId: owner.chatgpt_account_id || null, email: owner.email || null, plan: owner.chatgpt_plan_type || null };
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
