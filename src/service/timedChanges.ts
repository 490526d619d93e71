import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountPool } from './accountPool.ts';

const lookMs = 1_000;

/** Accounts whose state changed by time alone, because a rest, a window or an access token ended after `from` and not after `to` (Unix ms). */
export function changedByTime(accounts: readonly StoredAccount[], from: number, to: number): Set<AccountId> {
  const ended = (at: number): boolean => at > from && at <= to;
  const changed = new Set<AccountId>();
  for (const { account, tokens, state } of accounts) {
    if (ended(state.exhaustedUntil) || ended(state.coolUntil) || ended((tokens.accessExpiresAt ?? 0) * 1_000) || state.windows.some(({ resetsAt }) => resetsAt !== null && ended(resetsAt * 1_000))) changed.add(account.id);
  }
  return changed;
}

/** Tells, within a second, which accounts are back without anything having happened. */
export function watchTime(pool: AccountPool, clock: Clock, tell: (ids: ReadonlySet<AccountId>) => void): Disposable {
  let from = clock.now();
  const timer = setInterval(() => {
    const to = clock.now();
    const changed = changedByTime(pool.list(), from, to);
    from = to;
    if (changed.size > 0) tell(changed);
  }, lookMs).unref();
  return { dispose: () => clearInterval(timer) };
}
