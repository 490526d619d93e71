import * as z from 'zod/mini';

/** US dollars per million tokens. */
const price = z.number().check(z.minimum(0), z.maximum(100_000));
const own = {
  input: price,
  /** Input that was read from the provider's prompt cache. */
  cachedInput: price,
  /** Reasoning is output. */
  output: price,
  /** Input that was written into the cache; null: as other input. */
  cacheWrite: z._default(z.nullable(price), null),
};

/** What tokens of a model cost. `longContext`: what the whole request costs when it has more input tokens than `above`; null: the same. */
export const TokenPrices = z.object({ ...own, longContext: z._default(z.nullable(z.object({ above: z.int().check(z.minimum(1), z.maximum(1_000_000_000)), ...own })), null) });
export type TokenPrices = z.infer<typeof TokenPrices>;

/** Beginning of a model's name. */
export const PriceFamily = z.string().check(z.trim(), z.toLowerCase(), z.regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/, 'The name of a family of models, like gpt-6.1-sol'));

/** A family's prices: the built-in ones (null: none), with where they are stated and when that was looked up, and a person's own, which win. */
export const PriceItem = z.object({ family: z.string(), builtIn: z.nullable(TokenPrices), own: z.nullable(TokenPrices), source: z.nullable(z.string()), date: z.nullable(z.string()) });
export type PriceItem = z.infer<typeof PriceItem>;

/** `version` is kept with every request whose cost was worked out with these prices. */
export const PriceList = z.object({ version: z.number(), items: z.array(PriceItem) });
export type PriceList = z.infer<typeof PriceList>;
