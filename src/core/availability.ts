import type { UsageWindow } from '../contract/account.ts';
import type { StoredAccount } from './records.ts';
import { anyRequest, skipOf, type SkipReason } from './selectAccount.ts';

/** Under so much left, in percent, an account counts as low, unless a person set another threshold. */
export const defaultLowPercent = 15;

/**
 * Whether an account can work, for every surface. `available`: its windows are known and none is spent; `singleWindow`: the same, but only one window of
 * its own is known; `low`: one of them runs out; `exhausted`: spent until `until`; `unavailable`: out for another reason, for a time when `until` says
 * so; `unknown`: nothing was heard of its windows yet, which does not keep it from working.
 */
export interface Availability {
  readonly kind: 'available' | 'singleWindow' | 'low' | 'exhausted' | 'unavailable' | 'needsLogin' | 'blocked' | 'disabled' | 'unknown';
  readonly reason: string | null;
  /** Unix ms when it comes back by itself, null when it does not or is not away. */
  readonly until: number | null;
}

/** The one rule. It asks what routing asks (`skipOf`), so that nobody can say otherwise than what requests meet. `now` in Unix ms. */
export function availabilityOf(stored: StoredAccount, now: number, lowPercent: number): Availability {
  const skip = skipOf(stored, anyRequest, now);
  if (skip) return { kind: kindOf(skip.reason), reason: reasonOf(stored, skip.reason), until: skip.until };
  const own = ownWindows(stored.state.windows);
  if (own.length === 0) return { kind: 'unknown', reason: null, until: null };
  const low = own.some((window) => isRunning(window, now) && 100 - window.usedPercent < lowPercent);
  return { kind: low ? 'low' : own.length === 1 ? 'singleWindow' : 'available', reason: null, until: null };
}

/** The windows that limit everything the account does. */
export function ownWindows(windows: readonly UsageWindow[]): readonly UsageWindow[] {
  return windows.filter(({ scope }) => scope === 'account');
}

/** A window whose reset is past is full again, whatever was heard of it. */
function isRunning({ resetsAt }: UsageWindow, now: number): boolean {
  return resetsAt === null || resetsAt * 1000 > now;
}

function kindOf(reason: SkipReason): Availability['kind'] {
  switch (reason) {
    case 'coolingDown':
    case 'reserved':
    case 'otherGroup':
    case 'otherPlan':
    case 'modelBlocked': return 'unavailable';
    default: return reason;
  }
}

function reasonOf({ state }: StoredAccount, reason: SkipReason): string | null {
  switch (reason) {
    case 'disabled': return null;
    case 'needsLogin': return state.needsLogin;
    case 'blocked': return state.blocked;
    case 'exhausted': return 'usage_limit_reached';
    case 'coolingDown': return state.coolReason;
    case 'reserved': return 'reserved';
    case 'otherGroup':
    case 'otherPlan':
    case 'modelBlocked': return 'model_not_supported';
  }
}
