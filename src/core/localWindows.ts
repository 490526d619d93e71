export type WindowKind = 'day' | 'week' | 'month';

/** A day, week (from Monday) or month of this machine's calendar. Days are written `2026-11-25`, so that they sort. */
export interface LocalWindow {
  readonly firstDay: string;
  /** The first day that is not in it. */
  readonly endDay: string;
  /** Unix ms of the midnight it ends at. */
  readonly endsAt: number;
}

/** The local day of a moment (Unix ms). */
export function dayOf(at: number): string {
  return dayText(new Date(at));
}

/** The window that a moment (Unix ms) lies in. A day has 23 or 25 hours where clocks change. */
export function windowOf(kind: WindowKind, at: number): LocalWindow {
  const now = new Date(at);
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const monday = day - (now.getDay() + 6) % 7;
  // Made of calendar parts, never of hours: where clocks change at midnight, a day begins at one o'clock.
  const [first, end] = kind === 'month' ? [new Date(year, month, 1), new Date(year, month + 1, 1)]
    : kind === 'week' ? [new Date(year, month, monday), new Date(year, month, monday + 7)]
      : [new Date(year, month, day), new Date(year, month, day + 1)];
  return { firstDay: dayText(first), endDay: dayText(end), endsAt: end.getTime() };
}

/** A moment (Unix ms) on the local clock, `2026-11-25 00:00`. */
export function localTimeText(at: number): string {
  const time = new Date(at);
  return `${dayText(time)} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function dayText(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
