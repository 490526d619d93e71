import * as z from 'zod/mini';

/** What the client of `measureHttp2` is told, one JSON line each. Times in ms. */
export const PoolJob = z.discriminatedUnion('type', [
  /** A new pool; the one before is ended. */
  z.object({ type: z.literal('start'), origin: z.string(), http2: z.boolean(), idleTimeoutMs: z.number() }),
  /** So many requests at a time for 30 events, each followed by the next. */
  z.object({ type: z.literal('closed'), streams: z.number(), ms: z.number() }),
  /** So many streams at a time at a pace, each followed by the next. */
  z.object({ type: z.literal('paced'), streams: z.number(), contentEvents: z.number(), eventsPerSecond: z.number(), ms: z.number() }),
  /** Opens streams that go on until `start`; done when all have their headers, or with `content` their first content event. */
  z.object({ type: z.literal('open'), streams: z.number(), content: z.boolean() }),
  /** `ms` later, what has become of them. */
  z.object({ type: z.literal('report'), ms: z.number() }),
  /** So many requests at once on the same pool; done when all are over or `ms` have passed. */
  z.object({ type: z.literal('ask'), streams: z.number(), ms: z.number() }),
]);
export type PoolJob = z.infer<typeof PoolJob>;
export type PoolJobOf<T extends PoolJob['type']> = Extract<PoolJob, { type: T }>;

/** The answer to each job; what a job does not measure is absent. */
export const PoolResult = z.object({
  problems: z.optional(z.array(z.string())),
  answers: z.optional(z.number()),
  seconds: z.optional(z.number()),
  p50: z.optional(z.nullable(z.number())),
  p99: z.optional(z.nullable(z.number())),
  /** Streams that ended with a failure, by its kind. */
  lost: z.optional(z.record(z.string(), z.number())),
  /** Streams that run and heard nothing in the last half second. */
  silent: z.optional(z.number()),
  /** The slowest whole answer. */
  slowest: z.optional(z.number()),
});
export type PoolResult = z.infer<typeof PoolResult>;
