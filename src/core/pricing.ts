import type { TokenPrices } from '../contract/prices.ts';
import type { ModelPrice } from './modelPrices.ts';
import type { TokenUsage } from './tokenUsage.ts';

type Counts = Pick<TokenUsage, 'input' | 'cached' | 'output' | 'cacheWritten'>;
type Family = Pick<ModelPrice, 'family' | 'dated'>;

const million = 1_000_000;

/** The family with the longest name that the model belongs to. */
export function familyOf<F extends Family>(model: string, families: Iterable<F>): F | null {
  const slug = model.trim().toLowerCase();
  let best: F | null = null;
  for (const one of families) {
    if (one.family.length > (best?.family.length ?? 0) && belongs(slug, one)) best = one;
  }
  return best;
}

function belongs(slug: string, { family, dated }: Family): boolean {
  if (!slug.startsWith(family)) return false;
  const rest = slug.slice(family.length);
  return rest === '' || (dated ? /^-\d{4}-?\d{2}-?\d{2}$/.test(rest) : rest.startsWith('-'));
}

/** What the tokens would have cost through the API, in US dollars; null for usage without counts. Of input each token counts once: as read from the cache, as written into it, or as fresh. */
export function costOf(prices: TokenPrices, { input, cached, output, cacheWritten }: Counts): number | null {
  if (input === null || output === null) return null;
  const tier = prices.longContext !== null && input > prices.longContext.above ? prices.longContext : prices;
  const read = Math.min(Math.max(0, cached ?? 0), input);
  const written = tier.cacheWrite === null ? 0 : Math.min(Math.max(0, cacheWritten ?? 0), input - read);
  return ((input - read - written) * tier.input + read * tier.cachedInput + written * (tier.cacheWrite ?? 0) + output * tier.output) / million;
}

/** What tokens of a model cost, in US dollars; null when nobody knows. */
export type CostOf = (model: string, usage: Counts) => number | null;
