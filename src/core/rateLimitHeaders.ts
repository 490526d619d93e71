import type { UsageWindow } from '../contract/account.ts';

/** Headers by lower-case name; a list where one was sent more than once. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const marker = '-primary-used-percent';

/**
 * The rate-limit windows that Codex's backend tells in `x-codex-…` headers: the account's own two first, then further limits by name. Windows that are
 * all zero do not exist. Empty when the headers say nothing.
 */
export function readRateLimits(headers: Headers): UsageWindow[] {
  const windows: UsageWindow[] = [];
  if (headers['x-codex-primary-used-percent'] === undefined && headers['x-codex-secondary-used-percent'] === undefined) return windows;
  addPair(windows, headers, 'x-codex', '');
  for (const name in headers) {
    if (!name.endsWith(marker) || name === `x-codex${marker}` || !name.startsWith('x-codex-')) continue;
    const prefix = name.slice(0, -marker.length);
    addPair(windows, headers, prefix, `${text(headers, `${prefix}-limit-name`) ?? prefix.slice('x-codex-'.length)} `);
  }
  return windows;
}

/** Unix ms until which the account can do nothing because one of its own windows is spent; null when none is. Further limits do not count. */
export function spentUntil(windows: readonly UsageWindow[], now: number): number | null {
  let until: number | null = null;
  for (const { name, usedPercent, resetsAt } of windows) {
    if (isOwn(name) && usedPercent >= 100 && resetsAt !== null && resetsAt * 1000 > now) until = Math.max(until ?? 0, resetsAt * 1000);
  }
  return until;
}

/** A window by its length: `5 h`, `7 d`, `30 min`. */
export function windowName(minutes: number | null): string {
  if (minutes === null) return 'window';
  if (minutes >= 1440 && minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes >= 60 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** The account's own windows are named by length alone. */
function isOwn(name: string): boolean {
  return name === 'window' || /^\d+ (d|h|min)$/.test(name);
}

function addPair(windows: UsageWindow[], headers: Headers, prefix: string, label: string): void {
  for (const place of ['primary', 'secondary']) {
    const usedPercent = number(headers, `${prefix}-${place}-used-percent`);
    if (usedPercent === null) continue;
    const minutes = number(headers, `${prefix}-${place}-window-minutes`);
    const resetsAt = number(headers, `${prefix}-${place}-reset-at`);
    if (usedPercent === 0 && !minutes && !resetsAt) continue;
    windows.push({ name: label + windowName(minutes), minutes, usedPercent, resetsAt: resetsAt === null ? null : Math.floor(resetsAt) });
  }
}

function text(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

function number(headers: Headers, name: string): number | null {
  const value = text(headers, name);
  if (value === null || value.trim() === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : null;
}
