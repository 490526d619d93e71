import type { Account, AccountStatus, AccountWindow, UsageWindow } from '../../contract/account.ts';

/** How a state looks: a word, an icon, and a colour as the third hint. */
export interface Look { readonly word: string; readonly icon: string; readonly color?: string }

const looks: Readonly<Record<AccountStatus, Look>> = {
  ready: { word: 'Ready', icon: 'pass', color: 'charts.green' },
  low: { word: 'Low', icon: 'warning', color: 'charts.yellow' },
  exhausted: { word: 'Spent', icon: 'clock', color: 'list.warningForeground' },
  coolingDown: { word: 'Pausing', icon: 'clock', color: 'charts.yellow' },
  needsLogin: { word: 'Sign in again', icon: 'key', color: 'charts.red' },
  blocked: { word: 'Blocked', icon: 'circle-slash', color: 'charts.red' },
  disabled: { word: 'Paused', icon: 'debug-pause' },
  unavailable: { word: 'Unavailable', icon: 'circle-slash', color: 'charts.red' },
  unknown: { word: 'Unknown', icon: 'question' },
};

export function lookOf(status: AccountStatus): Look {
  return looks[status];
}

const reserved: Look = { word: 'Kept for you', icon: 'shield' };

/** How an account looks: its state, unless what is left of it is the person's own. */
export function lookOfAccount({ status, statusReason }: Pick<Account, 'status' | 'statusReason'>): Look {
  return isReserved({ statusReason }) ? reserved : looks[status];
}

export function isReserved({ statusReason }: Pick<Account, 'statusReason'>): boolean {
  return statusReason === 'reserved';
}

/** Whether it waits for a person. */
export function isNeeding({ status }: Account): boolean {
  return status === 'needsLogin' || status === 'blocked';
}

/** Whether the gateway may send to it. */
export function isServing({ status }: Account): boolean {
  return status === 'ready' || status === 'low' || status === 'unknown';
}

/** What is left of a window, percent; a window whose reset is past is full again. `now` in Unix ms. */
export function leftOf({ usedPercent, resetsAt }: UsageWindow, now: number): number {
  if (resetsAt !== null && resetsAt * 1000 <= now) return 100;
  return Math.min(100, Math.max(0, 100 - usedPercent));
}

export interface Tightest { readonly window: AccountWindow; readonly left: number }

/** Whether a window limits everything its account does, and not one feature or model. */
export function isOwn({ scope }: UsageWindow): boolean {
  return scope === 'account';
}

/** The window of its own that ends first for this account; null when none is known. */
export function tightestOf({ windows }: Account, now: number): Tightest | null {
  let tightest: Tightest | null = null;
  for (const window of windows) {
    if (!isOwn(window)) continue;
    const left = leftOf(window, now);
    if (!tightest || left < tightest.left) tightest = { window, left };
  }
  return tightest;
}

export interface PoolFigures {
  readonly total: number;
  /** Accounts the gateway may send to. */
  readonly serving: number;
  /** Accounts that wait for a person. */
  readonly needing: number;
  /** What the pool can still do: the mean of its serving accounts' tightest windows, spent ones counting as nothing; null when none is known. */
  readonly left: number | null;
}

/** The figures of many accounts, in one pass that makes nothing on the way: there may be ten thousand, and this is asked with every redraw. */
export function poolFigures(accounts: readonly Account[], now: number): PoolFigures {
  let [serving, needing, known, sum] = [0, 0, 0, 0];
  for (const account of accounts) {
    const serves = isServing(account);
    if (serves) serving += 1;
    if (isNeeding(account)) needing += 1;
    const left = serves ? leastLeft(account, now) : account.status === 'disabled' ? null : 0;
    if (left === null) continue;
    known += 1;
    sum += left;
  }
  return { total: accounts.length, serving, needing, left: known === 0 ? null : sum / known };
}

/** What is left of its tightest window, percent; null when none of its own is known. */
export function leastLeft({ windows }: Account, now: number): number | null {
  let least: number | null = null;
  for (const window of windows) {
    if (!isOwn(window)) continue;
    const left = leftOf(window, now);
    if (least === null || left < least) least = left;
  }
  return least;
}
