import type { UsageWindow, WindowForecast } from '../contract/account.ts';

/** What was heard of a window at a time. `at` in Unix ms, `used` in percent. */
export interface WindowSample { readonly at: number; readonly used: number }

const minuteMs = 60_000;
const hourMs = 3_600_000;
const shortestLookbackMs = 30 * minuteMs;
const longestLookbackMs = 24 * hourMs;
/** A pace out of less than this is chance. */
const shortestSpanMs = 5 * minuteMs;

/** How far back the pace of a window is taken from: a fifth of its length, but half an hour at least and a day at most. Milliseconds. */
export function lookbackOf(minutes: number | null): number {
  return minutes === null ? shortestLookbackMs : Math.min(longestLookbackMs, Math.max(shortestLookbackMs, (minutes * minuteMs) / 5));
}

/**
 * The pace of a window and when it is empty if it goes on like that; null when too little is known. Only the present period counts: what was heard
 * before the usage fell (a reset) says nothing. `samples` oldest first, `now` in Unix ms.
 */
export function forecastOf(samples: readonly WindowSample[], { minutes, usedPercent, resetsAt }: UsageWindow, now: number): WindowForecast | null {
  if (resetsAt === null || resetsAt * 1000 <= now) return null;
  const first = firstOfPace(samples, now - lookbackOf(minutes), usedPercent);
  if (!first || now - first.at < shortestSpanMs) return null;
  const perHour = (Math.max(0, usedPercent - first.used) * hourMs) / (now - first.at);
  if (perHour === 0 || usedPercent >= 100) return { perHour, emptyAt: null };
  const emptyAt = now + ((100 - usedPercent) / perHour) * hourMs;
  return { perHour, emptyAt: emptyAt < resetsAt * 1000 ? Math.round(emptyAt / 1000) : null };
}

/** The oldest sample since `from` from which on the usage never fell, up to `used` now. */
function firstOfPace(samples: readonly WindowSample[], from: number, used: number): WindowSample | null {
  let first: WindowSample | null = null;
  let later = used;
  for (const sample of samples.toReversed()) {
    if (sample.used > later) break;
    first = sample;
    later = sample.used;
    if (sample.at <= from) break;
  }
  return first;
}
