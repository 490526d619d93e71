import type { Credits, UsageWindow } from '../contract/account.ts';
import { windowOf, type UsageReading } from './usageWindows.ts';

/** Headers by lower-case name; a list where one was sent more than once. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const marker = '-primary-used-percent';
/** What an answer without a word about usage says. */
export const silent: UsageReading = { windows: [], plan: null, credits: null, resetCredits: null, allowed: null, complete: false };

/**
 * What Codex's backend tells about usage in `x-codex-…` headers: the account's own two windows first, then further limits by name, and credits. Windows
 * that are all zero do not exist. `now` in Unix ms.
 */
export function readUsageHeaders(headers: Headers, now: number): UsageReading {
  if (headers['x-codex-primary-used-percent'] === undefined && headers['x-codex-secondary-used-percent'] === undefined) return silent;
  const windows: UsageWindow[] = [];
  addPair(windows, headers, 'x-codex', null, now);
  for (const name in headers) {
    if (!name.endsWith(marker) || name === `x-codex${marker}` || !name.startsWith('x-codex-')) continue;
    const prefix = name.slice(0, -marker.length);
    addPair(windows, headers, prefix, text(headers, `${prefix}-limit-name`) ?? prefix.slice('x-codex-'.length), now);
  }
  return { ...silent, windows, credits: readCredits(headers) };
}

function addPair(windows: UsageWindow[], headers: Headers, prefix: string, label: string | null, now: number): void {
  for (const place of ['primary', 'secondary']) {
    const usedPercent = number(headers, `${prefix}-${place}-used-percent`);
    if (usedPercent === null) continue;
    const minutes = number(headers, `${prefix}-${place}-window-minutes`);
    const resetAt = number(headers, `${prefix}-${place}-reset-at`);
    const resetAfter = number(headers, `${prefix}-${place}-reset-after-seconds`);
    if (usedPercent === 0 && !minutes && !resetAt && !resetAfter) continue;
    windows.push(windowOf({ usedPercent, seconds: minutes === null ? null : minutes * 60, resetAt, resetAfter }, label, now));
  }
}

function readCredits(headers: Headers): Credits | null {
  const has = text(headers, 'x-codex-credits-has-credits');
  const unlimited = text(headers, 'x-codex-credits-unlimited');
  if (has === null && unlimited === null) return null;
  return { hasCredits: isTrue(has), unlimited: isTrue(unlimited), balance: text(headers, 'x-codex-credits-balance') || null };
}

function isTrue(value: string | null): boolean {
  return value !== null && /^(true|1)$/i.test(value.trim());
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
