/** `4.1 M`, `12.4 k`, `812`; a dash for what is not known. */
export function countText(value: number | null, locale: string): string {
  if (value === null) return '–';
  const [scaled, unit] = value >= 999_950 ? [value / 1e6, ' M'] : value >= 1_000 ? [value / 1e3, ' k'] : [value, ''];
  return scaled.toLocaleString(locale, { maximumFractionDigits: unit === '' ? 0 : 1 }) + unit;
}

/** `≈ $6.20`; under a cent as many digits as it needs. */
export function costText(dollars: number, locale: string): string {
  const digits = dollars > 0 && dollars < 0.01 ? 4 : 2;
  return `≈ $${dollars.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** `8 ms`, `0.6 s`, `12 s`, `2 m 05 s`; a dash for what is not known. */
export function durationText(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 100) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
}
