import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from './records.ts';

/** Why an account cannot take a request now. */
export type SkipReason = 'disabled' | 'needsLogin' | 'blocked' | 'exhausted' | 'reserved' | 'coolingDown' | 'modelBlocked' | 'otherGroup' | 'otherPlan';

/** When an ineligible account comes back by itself (Unix ms), null when only a person can help. */
export interface Skip { readonly reason: SkipReason; readonly until: number | null }

/** What a request asks of an account: its model, and the groups ('' = of none) and plans (lowercase) its key may use; null: any. */
export interface Asking {
  readonly model: string | null;
  readonly groups: readonly string[] | null;
  readonly plans: readonly string[] | null;
}

/** A request that any account could take. */
export const anyRequest: Asking = { model: null, groups: null, plans: null };

/** Null when the account may take the request now. */
export function skipOf(stored: StoredAccount, asking: Asking, now: number): Skip | null {
  const { account, state } = stored;
  if (asking.groups !== null && !asking.groups.includes(account.groupName ?? '')) return { reason: 'otherGroup', until: null };
  if (asking.plans !== null && !asking.plans.includes(account.plan?.toLowerCase() ?? '')) return { reason: 'otherPlan', until: null };
  if (!account.enabled) return { reason: 'disabled', until: null };
  if (state.needsLogin !== null) return { reason: 'needsLogin', until: null };
  if (state.blocked !== null) return { reason: 'blocked', until: null };
  return skipForNow(stored, asking.model, now);
}

/** What passes by itself. */
function skipForNow(stored: StoredAccount, model: string | null, now: number): Skip | null {
  const { state } = stored;
  if (state.exhaustedUntil > now) return { reason: 'exhausted', until: state.exhaustedUntil };
  const reservedUntil = reservedUntilOf(stored);
  if (reservedUntil > now) return { reason: 'reserved', until: reservedUntil };
  if (state.coolUntil > now) return { reason: 'coolingDown', until: state.coolUntil };
  const modelUntil = model === null ? undefined : state.modelBlocks[model];
  return modelUntil !== undefined && modelUntil > now ? { reason: 'modelBlocked', until: modelUntil } : null;
}

/** Unix ms until which what is left of a window is the person's own; 0 when nothing is kept, or more than that is left. A window that does not say when it resets counts for a day. */
export function reservedUntilOf({ account: { reservePercent }, state: { windows, windowsAt } }: StoredAccount): number {
  if (reservePercent === 0) return 0;
  let until = 0;
  for (const { scope, usedPercent, resetsAt } of windows) {
    if (scope === 'account' && 100 - usedPercent <= reservePercent) until = Math.max(until, resetsAt === null ? windowsAt + dayMs : resetsAt * 1000);
  }
  return until;
}

const dayMs = 86_400_000;

export interface Selection extends Asking {
  readonly now: number;
  /** Accounts this request may no longer use. */
  readonly tried: ReadonlySet<AccountId>;
}

/** The first eligible account in the order given (`sort`), or null. Touches no more accounts than it must. */
export function selectAccount(accounts: readonly StoredAccount[], selection: Selection): StoredAccount | null {
  for (const candidate of accounts) {
    if (isEligible(candidate, selection)) return candidate;
  }
  return null;
}

/** The cheapest questions first: most accounts that are out are spent or cooling down. */
export function isEligible(candidate: StoredAccount, selection: Selection): boolean {
  const { state } = candidate;
  if (state.exhaustedUntil > selection.now || state.coolUntil > selection.now || selection.tried.has(candidate.account.id)) return false;
  return skipOf(candidate, selection, selection.now) === null;
}

/** At most `limit` eligible accounts in order, for the trace. */
export function listCandidates(accounts: readonly StoredAccount[], selection: Selection, limit: number): StoredAccount[] {
  const found: StoredAccount[] = [];
  for (const candidate of accounts) {
    if (found.length === limit) break;
    if (isEligible(candidate, selection)) found.push(candidate);
  }
  return found;
}
