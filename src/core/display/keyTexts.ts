import type { BudgetName, BudgetUsage, KeyLimits, PlatformKey } from '../../contract/platformKey.ts';
import { countText } from './amounts.ts';
import { numberText, percentText, timeText, type Reader } from './format.ts';

/** Words for the limits of a key, the same on every surface. */

export const limitNames: Readonly<Record<keyof KeyLimits, string>> = {
  requestsPerMinute: 'Requests per minute', concurrentRequests: 'Requests at a time', tokensPerDay: 'Tokens per day', tokensPerWeek: 'Tokens per week',
  costPerDay: 'Cost per day', costPerMonth: 'Cost per month', models: 'Models', effortCeiling: 'Highest effort',
};

const windows: Readonly<Record<BudgetName, string>> = { tokensPerDay: 'today', tokensPerWeek: 'this week', costPerDay: 'today', costPerMonth: 'this month' };

/** `$2.50`; small amounts with as many digits as they need. */
export function dollarText(value: number): string {
  return `$${value > 0 && value < 0.01 ? String(Number(value.toPrecision(2))) : value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`;
}

/** The value of a limit; null when there is none. */
export function limitText(limits: KeyLimits | null, name: keyof KeyLimits): string | null {
  const value = limits?.[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'number') return name === 'costPerDay' || name === 'costPerMonth' ? dollarText(value) : numberText(value);
  return typeof value === 'string' ? value : value.join(', ');
}

/** Percent of a budget that is left, also by the time its window has passed since it was heard of. */
export function leftOfBudget({ used, limit, resetsAt }: BudgetUsage, now: number): number {
  return resetsAt * 1000 <= now ? 100 : Math.max(0, 100 - (used / limit) * 100);
}

/** The budget of which the least is left; null for a key without one. */
export function tightestBudget(usage: readonly BudgetUsage[], now: number): BudgetUsage | null {
  return usage.reduce<BudgetUsage | null>((tightest, one) => (tightest && leftOfBudget(tightest, now) <= leftOfBudget(one, now) ? tightest : one), null);
}

/** `82 % of today left` */
export function budgetLeftText(budget: BudgetUsage, now: number): string {
  return `${percentText(leftOfBudget(budget, now))} of ${windows[budget.name]} left`;
}

/** `1.2 k of 10 k used, 4 k reserved, resets 00:00` */
export function budgetText({ name, used, reserved, limit, resetsAt }: BudgetUsage, reader: Reader): string {
  const amount = name === 'costPerDay' || name === 'costPerMonth' ? dollarText : countText;
  const over = resetsAt * 1000 <= reader.now;
  return [`${amount(over ? 0 : used)} of ${amount(limit)} used`, ...(reserved > 0 && !over ? [`${amount(reserved)} reserved`] : []), ...(over ? [] : [`resets ${timeText(resetsAt, reader)}`])].join(', ');
}

/** `expires Tue 09:00`, `expired`; null for a key without an end. */
export function expiryText({ expiresAt }: Pick<PlatformKey, 'expiresAt'>, reader: Reader): string | null {
  if (expiresAt === null) return null;
  return expiresAt * 1000 <= reader.now ? 'expired' : `expires ${timeText(expiresAt, reader)}`;
}
