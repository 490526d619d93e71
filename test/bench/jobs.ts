import * as z from 'zod/mini';

/** Where requests go. */
const target = { port: z.number(), key: z.string() };

/** What the load generator can do, one JSON line each on its input. Times in ms. */
export const Job = z.discriminatedUnion('type', [
  /** Each connection sends its next request when the last one is answered. */
  z.object({ type: z.literal('closedLoop'), ...target, kind: z.enum(['json', 'sse']), connections: z.number(), ms: z.number() }),
  /** One request at a time, blocks of them to each target in turn. */
  z.object({ type: z.literal('alternate'), targets: z.array(z.object(target)), kind: z.enum(['json', 'sse']), block: z.number(), ms: z.number() }),
  /** So many streams at once, each followed by the next for `ms`; 0 = one each. */
  z.object({ type: z.literal('paced'), ...target, streams: z.number(), contentEvents: z.number(), eventsPerSecond: z.number(), hold: z.number(), bodyBytes: z.number(), ms: z.number() }),
  /** One request of this size every so often. */
  z.object({ type: z.literal('steady'), ...target, bodyBytes: z.number(), everyMs: z.number(), ms: z.number() }),
]);
export type Job = z.infer<typeof Job>;
export type JobOf<T extends Job['type']> = Extract<Job, { type: T }>;

const Spread = z.object({ count: z.number(), p50: z.nullable(z.number()), p99: z.nullable(z.number()), max: z.nullable(z.number()) });

/** One JSON line on its output for each job. `problems` are broken rules of correctness, at most twenty; a number is null when there was nothing to measure. */
export const JobResult = z.object({
  problems: z.array(z.string()),
  /** Whole answers in `seconds`. */
  answers: z.number(),
  seconds: z.number(),
  /** Time to the last byte; for `alternate` of each target. */
  latencies: z.array(Spread),
  /** Time from the upstream's write to the arrival here, of each stream's first content event. */
  firstTransit: Spread,
  /** Of all content events. */
  transit: Spread,
  /** The longest transit in each quarter of a second. */
  worstTransits: z.array(z.number()),
});
export type JobResult = z.infer<typeof JobResult>;

const empty = { count: 0, p50: null, p99: null, max: null };

/** Fills in what a job does not measure. */
export function jobResult(measured: Partial<JobResult>): JobResult {
  return { problems: [], answers: 0, seconds: 0, latencies: [], firstTransit: empty, transit: empty, worstTransits: [], ...measured };
}
