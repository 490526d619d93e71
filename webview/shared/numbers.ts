/** `8 ms`, `0.6 s`, `12 s`, `2 m 05 s`; a dash for what is not known. */
export function durationText(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 100) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
}
