import type { BudgetUsage, PlatformKey } from '../../contract/platformKey.ts';
import { budgetLeftText, budgetText, limitNames } from '../../core/display/keyTexts.ts';
import { numberText, type Reader } from '../../core/display/format.ts';
import type { NoticeText } from './noticeText.ts';

/** A budget of a key is nearly, or wholly, used. `key` is the same for every window that hears of it, and another in the budget's next window. */
export interface KeyNotice { readonly key: string; readonly name: string; readonly budget: BudgetUsage }

/** So much of a budget, in percent, is worth a word. */
const warnPercent = 80;

/** What a person is to be told between two states of the keys. Who was over before, or was not known, is no news. */
export function keyNoticesOf(previous: readonly PlatformKey[] | null, next: readonly PlatformKey[] | null): readonly KeyNotice[] {
  if (!previous || !next || previous === next) return [];
  const before = new Map(previous.map((key) => [key.id, key]));
  return next.flatMap(({ id, name, usage }) => usage.flatMap((budget) => {
    const old = before.get(id)?.usage.find((one) => one.name === budget.name && one.resetsAt === budget.resetsAt);
    const known = before.has(id) && (old === undefined || percentOf(old) < warnPercent);
    return known && percentOf(budget) >= warnPercent ? [{ key: `budget:${id}:${budget.name}:${budget.resetsAt}`, name: name ?? id, budget }] : [];
  }));
}

/** `Platform key laptop: 18 % of today left (tokens per day: 820 k of 1 M used, resets 00:00).` */
export function keyNoticeText({ name, budget }: KeyNotice, reader: Reader): NoticeText {
  return { message: `Platform key ${name}: ${budgetLeftText(budget, reader.now)} (${limitNames[budget.name].toLowerCase()}: ${budgetText(budget, reader)}).`, severity: budget.used >= budget.limit ? 'warning' : 'info' };
}

export function keyNoticesText(notices: readonly KeyNotice[]): NoticeText {
  return { message: `${numberText(notices.length)} budgets of platform keys are nearly used.`, severity: notices.some(({ budget }) => budget.used >= budget.limit) ? 'warning' : 'info' };
}

function percentOf({ used, limit }: BudgetUsage): number {
  return (used / limit) * 100;
}
