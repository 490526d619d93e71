import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountPool } from './accountPool.ts';
import { Slices } from './slices.ts';

const lookMs = 1_000;
/** Looking at ten thousand accounts takes longer than a stream should wait. */
const sliceMs = 0.5;

/** Whether an account's state changed by time alone, because a rest or a window ended after `from` and not after `to` (Unix ms). */
export function changedByTime({ state }: StoredAccount, from: number, to: number): boolean {
  if (state.exhaustedUntil > from && state.exhaustedUntil <= to) return true;
  if (state.coolUntil > from && state.coolUntil <= to) return true;
  for (const { resetsAt } of state.windows) if (resetsAt !== null && resetsAt * 1_000 > from && resetsAt * 1_000 <= to) return true;
  return false;
}

/** Tells, within about a second, which accounts are back without anything having happened. */
export function watchTime(pool: AccountPool, clock: Clock, tell: (ids: ReadonlySet<AccountId>) => void): Disposable {
  let from = clock.now();
  let isLooking = false;
  const look = async (): Promise<void> => {
    isLooking = true;
    const to = clock.now();
    const changed = new Set<AccountId>();
    const slices = new Slices(null, sliceMs);
    for (const stored of pool.list()) {
      if (changedByTime(stored, from, to)) changed.add(stored.account.id);
      if (slices.due) await slices.rest();
    }
    from = to;
    isLooking = false;
    if (changed.size > 0) tell(changed);
  };
  const timer = setInterval(() => {
    if (!isLooking) void look();
  }, lookMs).unref();
  return { dispose: () => clearInterval(timer) };
}
