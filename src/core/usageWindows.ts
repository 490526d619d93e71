import type { Credits, UsageWindow } from '../contract/account.ts';

/**
 * What the provider said about an account's usage, by whatever way. Windows are named by their length, never by their place in the answer. Null or
 * empty: it was not told.
 */
export interface UsageReading {
  readonly windows: readonly UsageWindow[];
  readonly plan: string | null;
  readonly credits: Credits | null;
  readonly resetCredits: number | null;
  /** The provider says that the account may work now (true) or not (false). */
  readonly allowed: boolean | null;
  /** Every window there is was told: what is not among them does not exist any more. */
  readonly complete: boolean;
}

/** One window as it comes over the wire. Seconds and Unix seconds; null where it was not told. */
export interface WireWindow {
  readonly usedPercent: number;
  readonly seconds: number | null;
  readonly resetAt: number | null;
  readonly resetAfter: number | null;
}

/** How far the provider's clock may be from ours before its absolute times are not believed, seconds. */
const skewSeconds = 120;
const latestUnixSeconds = 100_000_000_000;

/** A window of ours out of one of the wire's; `label` names an extra one, null is the account's own. `now` in Unix ms. */
export function windowOf(wire: WireWindow, label: string | null, now: number): UsageWindow {
  const minutes = wire.seconds === null || wire.seconds <= 0 ? null : Math.ceil(wire.seconds / 60);
  const length = windowName(minutes);
  const usedPercent = Math.min(100, Math.max(0, wire.usedPercent));
  return { name: label === null ? length : `${label} ${length}`, minutes, usedPercent, resetsAt: resetTime(wire, now), scope: label === null ? 'account' : 'extra' };
}

/** By our own clock where the provider also says in how many seconds: its absolute time is worth nothing when one of the clocks is wrong. */
function resetTime({ resetAt, resetAfter }: WireWindow, now: number): number | null {
  const absolute = resetAt === null || resetAt <= 0 ? null : Math.floor(resetAt > latestUnixSeconds ? resetAt / 1000 : resetAt);
  if (resetAfter === null || resetAfter < 0 || (resetAfter === 0 && absolute === null)) return absolute;
  const relative = Math.floor(now / 1000) + Math.ceil(resetAfter);
  return absolute !== null && Math.abs(absolute - relative) <= skewSeconds ? absolute : relative;
}

/** A window by its length: `5 h`, `7 d`, `30 min`. */
export function windowName(minutes: number | null): string {
  if (minutes === null) return 'window';
  if (minutes >= 1440 && minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes >= 60 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** Unix ms until which the account can do nothing because one of its own windows is spent; null when none is. Extra windows do not count. */
export function spentUntil(windows: readonly UsageWindow[], now: number): number | null {
  let until: number | null = null;
  for (const { scope, usedPercent, resetsAt } of windows) {
    if (scope === 'account' && usedPercent >= 100 && resetsAt !== null && resetsAt * 1000 > now) until = Math.max(until ?? 0, resetsAt * 1000);
  }
  return until;
}

/**
 * What is known after something new was told: windows of the account's own are replaced together, extra ones one by one; a complete reading replaces
 * them all. Shortest first, the account's own before the others.
 */
export function mergeWindows(known: readonly UsageWindow[], told: readonly UsageWindow[], complete: boolean): readonly UsageWindow[] {
  if (told.length === 0) return complete ? [] : known;
  const own = told.some(({ scope }) => scope === 'account');
  const names = new Set(told.map(({ name }) => name));
  const kept = complete ? [] : known.filter(({ scope, name }) => (scope === 'account' ? !own : !names.has(name)));
  return [...told, ...kept].sort(byScopeAndLength);
}

function byScopeAndLength(a: UsageWindow, b: UsageWindow): number {
  if (a.scope !== b.scope) return a.scope === 'account' ? -1 : 1;
  return (a.minutes ?? Infinity) - (b.minutes ?? Infinity) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
