import * as z from 'zod/mini';

/** What requests are told apart by. */
export const StatisticsBy = z.enum(['none', 'model', 'key', 'account', 'client', 'status']);
export type StatisticsBy = z.infer<typeof StatisticsBy>;

/** Hours, days, weeks (from Monday) and months of the engine's local clock. */
export const StatisticsStep = z.enum(['hour', 'day', 'week', 'month']);
export type StatisticsStep = z.infer<typeof StatisticsStep>;

/** Sums over requests that began within a time. */
export const Totals = z.object({
  requests: z.number(),
  /** Those that failed: no answer, a status from 400, or a stream that broke. */
  errors: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningOutputTokens: z.number(),
  cacheWriteTokens: z.number(),
  estimatedCost: z.number(),
  /** Requests with tokens whose model has no price: they are not in the cost. */
  unpriced: z.number(),
  /** Sum of the times to the first content, ms, of so many requests that had one. */
  firstByteMs: z.number(),
  firstByteCount: z.number(),
  /** Sum of the times to the end, ms. */
  durationMs: z.number(),
});
export type Totals = z.infer<typeof Totals>;

/** Unix seconds, `from` ≤ time < `to`; the first and the last step are whole. `by` model, key, account (ids), client or status. */
export const StatisticsQuestion = z.object({ from: z.number(), to: z.number(), by: z._default(StatisticsBy, 'none'), step: z._default(StatisticsStep, 'day') });
export type StatisticsQuestion = z.infer<typeof StatisticsQuestion>;

/** One step of one value, oldest first. `value` is null for requests without one, and for all together. A step without requests is left out. */
export const StatisticsBucket = z.object({ from: z.number(), to: z.number(), value: z.nullable(z.string()), ...Totals.shape });
export type StatisticsBucket = z.infer<typeof StatisticsBucket>;
