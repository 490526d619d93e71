import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from './records.ts';

/** Why an account cannot take a request now. */
export type SkipReason = 'disabled' | 'needsLogin' | 'blocked' | 'exhausted' | 'coolingDown' | 'modelBlocked';

/** When an ineligible account comes back by itself (Unix ms), null when only a person can help. */
export interface Skip { readonly reason: SkipReason; readonly until: number | null }

/** Null when the account may take a request for `model` now. */
export function skipOf({ account, state }: StoredAccount, model: string | null, now: number): Skip | null {
  if (!account.enabled) return { reason: 'disabled', until: null };
  if (state.needsLogin !== null) return { reason: 'needsLogin', until: null };
  if (state.blocked !== null) return { reason: 'blocked', until: null };
  if (state.exhaustedUntil > now) return { reason: 'exhausted', until: state.exhaustedUntil };
  if (state.coolUntil > now) return { reason: 'coolingDown', until: state.coolUntil };
  const modelUntil = model === null ? undefined : state.modelBlocks[model];
  return modelUntil !== undefined && modelUntil > now ? { reason: 'modelBlocked', until: modelUntil } : null;
}

export interface Selection {
  readonly model: string | null;
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
export function isEligible(candidate: StoredAccount, { model, now, tried }: Selection): boolean {
  const { state } = candidate;
  if (state.exhaustedUntil > now || state.coolUntil > now || tried.has(candidate.account.id)) return false;
  return skipOf(candidate, model, now) === null;
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
