/** Words for numbers and times, the same on every surface. All say what is left. */

/** Where and when a person reads: `now` in Unix ms, locale as BCP 47. */
export interface Reader { readonly now: number; readonly locale: string }

const dayMs = 86_400_000;

/** `62 %` */
export function percentText(left: number): string {
  return `${Math.round(left)} %`;
}

/** `▓▓▓▓▓▓░░░░`: what is left in tenths, or as many parts, never empty while something is. */
export function bar(left: number, parts = 10): string {
  const full = left <= 0 ? 0 : Math.min(parts, Math.max(1, Math.round((left / 100) * parts)));
  return '▓'.repeat(full) + '░'.repeat(parts - full);
}

/** The same as `percentText`, and always as wide: rows below each other line up. */
export function alignedPercent(left: number): string {
  return percentText(left).padStart(5, '\u2007');
}

/** Making a formatter takes fifty times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const styles = { time: { hour: '2-digit', minute: '2-digit', hour12: false }, weekday: { weekday: 'short' }, date: { day: 'numeric', month: 'short' } } as const;

function formatter(locale: string, style: keyof typeof styles): Intl.DateTimeFormat {
  const known = formatters.get(`${style} ${locale}`);
  const made = known ?? new Intl.DateTimeFormat(locale, styles[style]);
  if (!known) formatters.set(`${style} ${locale}`, made);
  return made;
}

/** `10,000`, in every language we speak. Without Intl, whose first formatter holds an extension host up for ten milliseconds. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `17:05` today, `Tue 09:00` within a week, else with the date. `at` in Unix seconds. */
export function timeText(at: number, { now, locale }: Reader): string {
  const date = new Date(at * 1000);
  const time = formatter(locale, 'time').format(date);
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${formatter(locale, at * 1000 - now < 6 * dayMs ? 'weekday' : 'date').format(date)} ${time}`;
}

/** `2h 10m`, `3d 4h`; under two minutes `95s`; `now` when it is over. `at` in Unix seconds. */
export function countdownText(at: number, now: number): string {
  const seconds = Math.round(at - now / 1000);
  if (seconds <= 0) return 'now';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `2 min ago`; `at` in Unix seconds, null for never. */
export function agoText(at: number | null, { now, locale }: Reader): string {
  if (at === null) return 'never used';
  const minutes = Math.floor((now / 1000 - at) / 60);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return timeText(at, { now, locale });
}

/** `5-hour window`, `Weekly window`, `Monthly window`, else its own name. */
export function windowName({ name, minutes }: { readonly name: string; readonly minutes: number | null }): string {
  if (minutes === null) return name;
  if (minutes === 10_080) return 'Weekly window';
  if (minutes >= 40_320 && minutes <= 44_640) return 'Monthly window';
  if (minutes % 1_440 === 0) return `${minutes / 1_440}-day window`;
  return minutes % 60 === 0 ? `${minutes / 60}-hour window` : `${minutes}-minute window`;
}

/** The same as short as a narrow row needs it: `5 h`, `7 days`. */
export function shortWindowName({ name, minutes }: { readonly name: string; readonly minutes: number | null }): string {
  if (minutes === null) return name;
  if (minutes % 1_440 === 0) return minutes === 1_440 ? '1 day' : `${minutes / 1_440} days`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** Text that a person or the provider chose, for a place that reads Markdown. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
