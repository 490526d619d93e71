import type { UsageWindow } from '../contract/account.ts';
import type { PoolUsage, PoolWindows } from '../contract/usage.ts';
import type { StoredAccount } from './records.ts';
import { availabilityOf, ownWindows, type Availability } from './availability.ts';

const dayMinutes = 1440;
/** As many accounts that are passed over are named. */
const mostPassedOver = 5;

export interface PoolUsageOptions {
  /** Unix ms. */
  readonly now: number;
  readonly lowPercent: number;
  /** What a weekly window holds in 5-hour ones, null while nobody knows. */
  readonly longInShort: number | null;
  /** Who routing would ask, and why (`pinned` or the strategy's name). */
  readonly first: { readonly stored: StoredAccount; readonly reason: string } | null;
}

interface Rated { readonly stored: StoredAccount; readonly availability: Availability }

/** What the pool can still do, in one pass. `accounts` in the order they are tried; */
export function poolUsage(accounts: readonly StoredAccount[], { now, lowPercent, longInShort, first }: PoolUsageOptions): PoolUsage {
  const rated = accounts.map((stored) => ({ stored, availability: availabilityOf(stored, now, lowPercent) }));
  const usable = rated.filter(({ availability: { kind } }) => kind !== 'disabled' && kind !== 'needsLogin' && kind !== 'blocked');
  const short = sumOf(usable, now, (minutes) => minutes <= dayMinutes);
  const long = sumOf(usable, now, (minutes) => minutes > dayMinutes);
  return {
    ready: rated.filter(({ availability }) => canServe(availability)).length,
    total: rated.length,
    needAction: rated.filter(({ availability: { kind } }) => kind === 'needsLogin' || kind === 'blocked').length,
    short, long,
    longInShort: longInShort === null || long.accounts === 0 ? null : long.left * longInShort,
    ...nextOf(rated, first),
  };
}

function canServe({ kind }: Availability): boolean {
  return kind === 'available' || kind === 'singleWindow' || kind === 'low' || kind === 'unknown';
}

/** A window whose reset is past counts as full; an account without a short window is limited by its long one alone, and counts only there. */
function sumOf(rated: readonly Rated[], now: number, isOfKind: (minutes: number) => boolean): PoolWindows {
  let [left, accounts] = [0, 0];
  for (const { stored } of rated) {
    const lefts = ownWindows(stored.state.windows).filter(({ minutes }) => minutes !== null && isOfKind(minutes)).map((window) => Math.max(0, leftIn(window, now) - stored.account.reservePercent));
    if (lefts.length === 0) continue;
    accounts += 1;
    // A spent weekly window leaves nothing of the 5-hour one.
    left += isHeldBack(stored, now, isOfKind) ? 0 : Math.min(...lefts) / 100;
  }
  return { left, accounts };
}

function isHeldBack({ account, state }: StoredAccount, now: number, isOfKind: (minutes: number) => boolean): boolean {
  return ownWindows(state.windows).some((window) => window.minutes !== null && !isOfKind(window.minutes) && window.minutes > dayMinutes && leftIn(window, now) <= account.reservePercent);
}

function leftIn({ usedPercent, resetsAt }: UsageWindow, now: number): number {
  return resetsAt !== null && resetsAt * 1000 <= now ? 100 : 100 - usedPercent;
}

/** Who is asked next; and, where the order decides, the accounts before the first one that can serve. */
function nextOf(rated: readonly Rated[], first: PoolUsageOptions['first']): Pick<PoolUsage, 'next' | 'passedOver'> {
  const at = first && first.reason !== 'ordered' ? 0 : rated.findIndex(({ availability }) => canServe(availability));
  const before = (at < 0 ? rated : rated.slice(0, at)).slice(0, mostPassedOver);
  return {
    next: first ? { accountId: first.stored.account.id, label: first.stored.account.label, reason: first.reason } : null,
    passedOver: before.map(({ stored, availability: { kind, until } }) => ({ accountId: stored.account.id, label: stored.account.label, reason: kind, until: until === null ? null : Math.ceil(until / 1000) })),
  };
}
