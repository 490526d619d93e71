/** Cooldown lengths in milliseconds, taken one step further with each failure of that kind and back to the first after a success. */
export type Ladder = readonly number[];

/** A challenge page (403 with HTML). */
export const challengeLadder: Ladder = [6_000, 30_000, 120_000, 600_000];
/** A 429 that says neither when to come back nor that a window is spent. */
export const rateLadder: Ladder = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000];
/** Three failures in a row that other accounts did not have. */
export const failureLadder: Ladder = [15_000, 30_000, 60_000, 120_000, 240_000, 300_000];

/** The length after `steps` earlier ones; the last repeats. */
export function stepOf(ladder: Ladder, steps: number): number {
  return ladder[Math.min(steps, ladder.length - 1)] ?? 0;
}

/** `Retry-After` as milliseconds from now: seconds or an HTTP date (RFC 9110 10.2.3); null when absent or unreadable. */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
