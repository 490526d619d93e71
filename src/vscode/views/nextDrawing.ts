const calmMs = 30_000;
const closeMs = 2_000;
/** From here on a countdown shows seconds. */
const secondsMs = 120_000;

/** Ms until a countdown to `until` (Unix s, null for none) has to be drawn again: every two seconds while it shows seconds, else by the half minute. */
export function nextDrawing(until: number | null, now: number): number {
  if (until === null) return calmMs;
  const left = until * 1000 - now;
  if (left <= 0) return calmMs;
  return left <= secondsMs ? Math.min(closeMs, left) : Math.min(calmMs, left - secondsMs);
}
