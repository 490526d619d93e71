import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredAccount } from '../core/records.ts';

/** Live figures keep an account's windows fresh; plan, credits and extra windows are then asked for at this many intervals. */
const liveIntervals = 3;

export interface UsagePollerDeps {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly accounts: () => readonly StoredAccount[];
  readonly lastReadAt: (id: AccountId) => number;
  /** Whether anybody looks, or requests are sent. */
  readonly isWanted: () => boolean;
  readonly read: (id: AccountId) => Promise<{ readonly kind: 'read' | 'failed' }>;
}

/** The accounts whose usage is due: never asked in this interval, and not heard of live in it. Pure. `now` in Unix ms. */
export function dueForUsage(accounts: readonly StoredAccount[], lastReadAt: (id: AccountId) => number, intervalMs: number, now: number): AccountId[] {
  return accounts.filter(({ account, state }) => {
    const sinceRead = now - lastReadAt(account.id);
    if (state.needsLogin !== null || sinceRead < intervalMs) return false;
    return now - state.windowsAt >= intervalMs || sinceRead >= liveIntervals * intervalMs;
  }).map(({ account }) => account.id);
}

/** One round of the poll: resolves when every account that is due was asked; false when all of several failed, which tells of a network rather than of accounts. */
export async function pollUsage(deps: UsagePollerDeps): Promise<boolean> {
  if (!deps.isWanted()) return true;
  const due = dueForUsage(deps.accounts(), deps.lastReadAt, deps.intervalMs, deps.clock.now());
  const outcomes = await Promise.allSettled(due.map((id) => deps.read(id)));
  return outcomes.length === 0 || outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value.kind === 'read');
}
