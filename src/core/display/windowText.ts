import type { Account, AccountWindow, Credits } from '../../contract/account.ts';
import { isOwn } from './accountState.ts';
import { shortWindowName, timeText, windowName, type Reader } from './format.ts';

/** `resets 17:05`; empty when nobody knows, or when it has been reset. */
export function resetText({ resetsAt }: Pick<AccountWindow, 'resetsAt'>, reader: Reader): string {
  return resetsAt === null || resetsAt * 1000 <= reader.now ? '' : `resets ${timeText(resetsAt, reader)}`;
}

/** `empty 15:40 at this pace`; empty when the window lasts until it resets, or nobody knows. */
export function paceText({ forecast }: AccountWindow, reader: Reader): string {
  const emptyAt = forecast?.emptyAt ?? null;
  return emptyAt === null || emptyAt * 1000 <= reader.now ? '' : `empty ${timeText(emptyAt, reader)} at this pace`;
}

/** `5-hour window`; a window of one feature or model by its own name. */
export function nameOf(window: AccountWindow): string {
  return isOwn(window) ? windowName(window) : window.name;
}

/** The same as short as a narrow row needs it. */
export function shortNameOf(window: AccountWindow): string {
  return isOwn(window) ? shortWindowName(window) : window.name;
}

/** What an account may spend beyond its windows: `unlimited` or the balance as the provider words it; null when it has none. */
export function creditsText(credits: Credits | null): string | null {
  if (!credits) return null;
  if (credits.unlimited) return 'unlimited';
  return credits.hasCredits ? (credits.balance ?? 'some') : null;
}

/** The window of its own that is empty first at this pace; null when none will be before its reset. `now` in Unix ms. */
export function firstEmpty({ windows }: Account, now: number): AccountWindow | null {
  let first: AccountWindow | null = null;
  for (const window of windows) {
    const emptyAt = window.forecast?.emptyAt ?? null;
    if (!isOwn(window) || emptyAt === null || emptyAt * 1000 <= now) continue;
    if (emptyAt < (first?.forecast?.emptyAt ?? Infinity)) first = window;
  }
  return first;
}
