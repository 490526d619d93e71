import type { StoredAccount } from '../core/records.ts';
import type { Failure } from '../core/failure.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import { skipOf, type Asking, type SkipReason } from '../core/selectAccount.ts';
import { describeFailure } from './refusals.ts';

/** Unix ms when the first account that is out for a time comes back; null when waiting cures nothing. */
export function soonestReturn(accounts: readonly StoredAccount[], asking: Asking, now: number): number | null {
  let soonest: number | null = null;
  for (const account of accounts) {
    const until = skipOf(account, asking, now)?.until ?? null;
    if (until !== null && (soonest === null || until < soonest)) soonest = until;
  }
  return soonest;
}

interface Tally { readonly counts: Map<SkipReason, number>; readonly soonest: Map<SkipReason, number>; readonly failed: number }

/** The honest answer when no account can take the request, by what would help: another try, a wait, a reset, or a person. */
export function nobodyLeft({ pool, clock }: GatewayContext, turn: Turn, last: Failure | null): Refusal {
  const now = clock.now();
  const accounts = pool.list();
  const { counts, soonest, failed } = tally(accounts, turn, now);
  if (failed > 0) {
    return { status: 502, code: 'upstream_error', type: 'server_error', retryAfterSeconds: 5, message: `Every account that could take this request failed just now. Last cause: ${describeFailure(last)}.` };
  }
  const cool = soonest.get('coolingDown');
  const reset = earlier(soonest.get('exhausted'), soonest.get('reserved'));
  if (cool !== undefined && (reset === undefined || cool <= reset)) return coolingDown(Math.ceil((cool - now) / 1000), counts);
  if (reset !== undefined) return windowsSpent(reset, now, counts, plan(accounts));
  return noAccount(accounts.length, counts, turn);
}

function tally(accounts: readonly StoredAccount[], turn: Turn, now: number): Tally {
  const counts = new Map<SkipReason, number>();
  const soonest = new Map<SkipReason, number>();
  let failed = 0;
  for (const account of accounts) {
    const skip = skipOf(account, turn.asking, now);
    if (!skip) {
      failed += turn.tried.has(account.account.id) ? 1 : 0;
      continue;
    }
    counts.set(skip.reason, (counts.get(skip.reason) ?? 0) + 1);
    if (skip.until !== null) soonest.set(skip.reason, Math.min(skip.until, soonest.get(skip.reason) ?? Infinity));
  }
  return { counts, soonest, failed };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function coolingDown(seconds: number, counts: Tally['counts']): Refusal {
  return {
    status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error', retryAfterSeconds: Math.max(1, seconds),
    message: `All accounts are cooling down (${listed(counts)}). The first is back in ${Math.max(1, seconds)} s.`,
  };
}

function windowsSpent(reset: number, now: number, counts: Tally['counts'], planType: string | undefined): Refusal {
  const spent = (counts.get('exhausted') ?? 0) + (counts.get('reserved') ?? 0);
  const resetsAt = Math.ceil(reset / 1000);
  return {
    status: 429, code: 'usage_limit_reached', type: 'usage_limit_reached', resetsAt, retryAfterSeconds: Math.max(1, resetsAt - Math.floor(now / 1000)), planType,
    message: `The usage limit of every account is reached (${listed(counts)}).`,
    promoMessage: `CodexManager: ${spent === 1 ? 'the 1 account that is left has' : `all ${spent} accounts have`} reached their usage limit`,
  };
}

function noAccount(total: number, counts: Tally['counts'], { model, key }: Turn): Refusal {
  const bound = (counts.get('otherGroup') ?? 0) + (counts.get('otherPlan') ?? 0) > 0 ? ` The platform key ${key.name ?? key.id} may not use every account.` : '';
  const message = total === 0
    ? 'CodexManager has no account yet. Add one in its sidebar, or import an auth.json.'
    : `No account can take this request${model === null ? '' : ` for model ${model}`} (${listed(counts)}).${bound} Open CodexManager's accounts to see what each one needs.`;
  return { status: 400, code: 'no_account_available', type: 'invalid_request_error', message };
}

/** Plan of the first account, for the client's own words about the limit. */
function plan(accounts: readonly StoredAccount[]): string | undefined {
  return accounts[0]?.account.plan ?? undefined;
}

function listed(counts: Tally['counts']): string {
  return [...counts].map(([reason, count]) => `${reason}: ${count}`).join(', ');
}
