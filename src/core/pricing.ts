import type { TokenUsage } from './tokenUsage.ts';
import { modelPrices } from './modelPrices.ts';

/** What the tokens would have cost through the API, in US dollars; null for a model without a price or usage without counts. */
export function estimateCost(model: string, usage: TokenUsage): number | null {
  const slug = model.toLowerCase();
  const price = modelPrices.find(({ prefix }) => slug === prefix || slug.startsWith(`${prefix}-`));
  if (!price || usage.input === null || usage.output === null) return null;
  const cached = Math.min(usage.cached ?? 0, usage.input);
  return ((usage.input - cached) * price.input + cached * price.cached + usage.output * price.output) / 1000;
}
