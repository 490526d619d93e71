import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { ResetCredit, ResetOutcome } from '../contract/usage.ts';
import { AppError } from '../core/appError.ts';
import { callerHeaders, usagePath, type UsageCaller } from './readUsage.ts';
import type { HttpSend } from './httpSend.ts';

const text = z.optional(z.nullable(z.string()));
const Credit = z.looseObject({ id: z.string(), status: text, reset_type: text, expires_at: z.optional(z.nullable(z.union([z.string(), z.number()]))) });
const Listed = z.union([z.looseObject({ credits: z.optional(z.nullable(z.array(Credit))) }), z.array(Credit)]);
const Consumed = z.looseObject({ code: text, outcome: text });
const outcomes: Readonly<Record<string, ResetOutcome>> = {
  reset: 'reset', nothing_to_reset: 'nothingToReset', nothingToReset: 'nothingToReset', no_credit: 'noCredit', noCredit: 'noCredit', already_redeemed: 'alreadyRedeemed', alreadyRedeemed: 'alreadyRedeemed',
};

/** Resets of spent windows that ChatGPT grants an account. */
export interface ResetCredits {
  /** Throws AppError `upstream` when the provider does not tell. */
  list(caller: UsageCaller): Promise<ResetCredit[]>;
  /** Spends one. A repeated call for the same credit is the same redemption for the provider, so that a lost answer never costs a second one. */
  redeem(caller: UsageCaller, creditId: string): Promise<ResetOutcome>;
}

export function makeResetCredits({ baseUrl, send }: { readonly baseUrl: string; readonly send: HttpSend }): ResetCredits {
  const url = `${usagePath(baseUrl)}/rate-limit-reset-credits`;
  const ask = async (target: string, caller: UsageCaller, body?: string): Promise<unknown> => {
    const headers = [...callerHeaders(caller), ...(body === undefined ? [] : ['content-type', 'application/json'])];
    const answer = await send(target, { headers, proxy: caller.proxy, ...(body !== undefined && { body }) });
    if (answer.kind === 'failed' || answer.status < 200 || answer.status >= 300) {
      throw new AppError('upstream', `The provider did not answer for the account's resets (${answer.kind === 'failed' ? answer.reason : `status ${answer.status}`}). Try again later.`);
    }
    return parse(answer.body);
  };
  return {
    list: async (caller) => {
      const listed = Listed.safeParse(await ask(url, caller)).data;
      return (Array.isArray(listed) ? listed : (listed?.credits ?? [])).map(({ id, status, reset_type, expires_at }) => ({ id, status: status ?? 'unknown', type: reset_type ?? null, expiresAt: timeOf(expires_at) }));
    },
    redeem: async (caller, creditId) => {
      const body = JSON.stringify({ credit_id: creditId, redeem_request_id: requestId(caller.chatgptAccountId ?? '', creditId) });
      const consumed = Consumed.safeParse(await ask(`${url}/consume`, caller, body)).data;
      const outcome = outcomes[consumed?.code ?? consumed?.outcome ?? ''];
      if (!outcome) throw new AppError('upstream', 'The provider answered the redemption in a way this version does not know. Refresh the usage to see whether it worked.');
      return outcome;
    },
  };
}

/** The same UUID for the same credit of the same account. */
function requestId(account: string, creditId: string): string {
  const digest = hash('sha256', `codexmanager:${account}:${creditId}`, 'hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function timeOf(value: string | number | null | undefined): number | null {
  const seconds = typeof value === 'number' ? value : Date.parse(value ?? '') / 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : null;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
