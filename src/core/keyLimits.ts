import { KeyLimits, ReasoningEffort, type BudgetName, type KeyLimitsChange } from '../contract/platformKey.ts';
import type { TokenUsage } from './tokenUsage.ts';
import type { WindowKind } from './localWindows.ts';
import type { CostOf } from './pricing.ts';

export const noLimits: KeyLimits = {
  requestsPerMinute: null, concurrentRequests: null, tokensPerDay: null, tokensPerWeek: null, costPerDay: null, costPerMonth: null, models: null, effortCeiling: null,
};

/** Tokens, and their price in whole billionths of a US dollar: sums of these are exact. */
export interface Amount { readonly tokens: number; readonly cost: number }

export const perDollar = 1e9;

/** What a budget counts, and over which window. */
export const budgets: Readonly<Record<BudgetName, { readonly unit: keyof Amount; readonly window: WindowKind }>> = {
  tokensPerDay: { unit: 'tokens', window: 'day' },
  tokensPerWeek: { unit: 'tokens', window: 'week' },
  costPerDay: { unit: 'cost', window: 'day' },
  costPerMonth: { unit: 'cost', window: 'month' },
};
export const budgetNames = Object.keys(budgets) as readonly BudgetName[];

/** The limit of a budget as it is counted; null: none. */
export function budgetLimit(limits: KeyLimits, name: BudgetName): number | null {
  const limit = limits[name];
  return limit === null || budgets[name].unit === 'tokens' ? limit : Math.round(limit * perDollar);
}

/** Whether what requests of the key do must be remembered on disk. */
export function isCounted(limits: KeyLimits): boolean {
  return limits.requestsPerMinute !== null || budgetNames.some((name) => limits[name] !== null);
}

/** A part of the rest may be refused to a request that would be too much; but while something is left, a request that runs alone may always run. */
export function fits({ used, reserved, estimate, limit }: { readonly used: number; readonly reserved: number; readonly estimate: number; readonly limit: number }): boolean {
  return used + reserved + estimate <= limit || (reserved === 0 && used < limit);
}

/** So many tokens of an answer are reserved when the request does not bound it. */
export const assumedOutputTokens = 4_096;

/** What a request may use, before it is sent. `maxOutput`: what it says itself. */
export function estimateAmount(model: string | null, bytes: number, { maxOutput, cost }: { readonly maxOutput: number | null; readonly cost: CostOf }): Amount {
  const input = Math.ceil(bytes / 4);
  const output = maxOutput ?? assumedOutputTokens;
  return amountOf(model, cost, { input, output, total: input + output, cached: null, reasoning: null, cacheWritten: null });
}

/** What an answer used, by the provider's own count. A model without a price costs nothing. */
export function amountOf(model: string | null, costOf: CostOf, usage: TokenUsage): Amount {
  const cost = model === null ? null : costOf(model, usage);
  return { tokens: usage.total ?? (usage.input ?? 0) + (usage.output ?? 0), cost: Math.round((cost ?? 0) * perDollar) };
}

/** Exact names, and beginnings with `*` at the end; in any case of letters. */
export function allowsModel(models: readonly string[], model: string | null): boolean {
  const asked = model?.toLowerCase() ?? null;
  return asked !== null && models.some((one) => {
    const name = one.toLowerCase();
    return name.endsWith('*') ? asked.startsWith(name.slice(0, -1)) : asked === name;
  });
}

const efforts: readonly string[] = ReasoningEffort.options;
/** Below `low`. */
const lesser: readonly string[] = ['none', 'minimal'];
/** What the provider takes when a request does not say. */
const unsaid = 'medium';

/** The effort a request gets: what it asked for, but not over the ceiling; null: as it came. A name we do not know counts as over it. */
export function effortUnder(ceiling: string | null, asked: string | null): string | null {
  if (ceiling === null) return asked;
  const wanted = (asked ?? unsaid).toLowerCase();
  const over = !lesser.includes(wanted) && (!efforts.includes(wanted) || efforts.indexOf(wanted) > efforts.indexOf(ceiling));
  return over ? ceiling : asked;
}

/** The limits with a change made; null when none is left. */
export function changedLimits(before: KeyLimits | null, change: KeyLimitsChange | null): KeyLimits | null {
  const limits: KeyLimits = change === null ? noLimits : { ...noLimits, ...before, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) };
  return Object.values(limits).every((limit) => limit === null) ? null : limits;
}

/** Limits out of JSON, of this version or an earlier one; null when there are none or they cannot be read. */
export function readLimits(value: unknown): KeyLimits | null {
  const read = KeyLimits.safeParse(typeof value === 'object' && value !== null ? { ...noLimits, ...value } : null);
  return read.success ? changedLimits(read.data, {}) : null;
}
