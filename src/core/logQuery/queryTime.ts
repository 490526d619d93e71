const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const written = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * A moment as a person writes it, in Unix seconds and local time: `2026-11-25`, `2026-11-25T14:00`, `today`, `yesterday`, or so long before now (`30m`, `2h`,
 * `7d`, `1w`). Null when it is none of these or does not exist. `now` in Unix ms.
 */
export function queryTime(text: string, now: number): number | null {
  const word = text.toLowerCase();
  if (word === 'now') return Math.floor(now / 1000);
  if (word === 'today' || word === 'yesterday') {
    const midnight = new Date(now);
    midnight.setHours(0, 0, 0, 0);
    if (word === 'yesterday') midnight.setDate(midnight.getDate() - 1);
    return midnight.getTime() / 1000;
  }
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(word) ?? [];
  return count !== undefined && unit !== undefined ? Math.floor((now - Number(count) * (unitMs[unit] ?? 0)) / 1000) : dateOf(text);
}

function dateOf(text: string): number | null {
  const match = written.exec(text.toUpperCase());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(year, month - 1, day, hours, minutes, seconds);
  // 2026-02-30 would be a day in March.
  return date.getMonth() === month - 1 && date.getDate() === day && hours < 24 && minutes < 60 && seconds < 60 ? date.getTime() / 1000 : null;
}
