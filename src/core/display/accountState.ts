import type { Account, AccountStatus, UsageWindow } from '../../contract/account.ts';

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

/** Whether the gateway may send to it. */
export function isServing({ status }: Account): boolean {
  return status === 'ready' || status === 'low' || status === 'unknown';
}

/** What is left of a window, percent; a window whose reset is past is full again. `now` in Unix ms. */
export function leftOf({ usedPercent, resetsAt }: UsageWindow, now: number): number {
  if (resetsAt !== null && resetsAt * 1000 <= now) return 100;
  return Math.min(100, Math.max(0, 100 - usedPercent));
}

export interface Tightest { readonly window: UsageWindow; readonly left: number }

/** The window that ends first for this account; null when none is known. */
export function tightestOf({ windows }: Account, now: number): Tightest | null {
  let tightest: Tightest | null = null;
  for (const window of windows) {
    const left = leftOf(window, now);
    if (!tightest || left < tightest.left) tightest = { window, left };
  }
  return tightest;
}

/** What the pool can still do: the mean of its serving accounts' tightest windows, spent ones counting as nothing; null when none is known. */
export function poolLeft(accounts: readonly Account[], now: number): number | null {
  const lefts = accounts.filter(({ status }) => status !== 'disabled').map((account) => (isServing(account) ? (tightestOf(account, now)?.left ?? null) : 0));
  const known = lefts.filter((left) => left !== null);
  return known.length === 0 ? null : known.reduce((sum, left) => sum + left, 0) / known.length;
}
