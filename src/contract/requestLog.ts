import * as z from 'zod/mini';
import { RouteRecord } from './route.ts';

/** One try at one account. `status` is the upstream's HTTP status, null when none arrived; it began `at` ms after the request and took `ms`, its first content `firstByteMs`. */
export const Attempt = z.object({
  accountId: z.string(), status: z.nullable(z.number()), reason: z.string(), ms: z.number(), at: z._default(z.number(), 0), firstByteMs: z._default(z.nullable(z.number()), null),
});
export type Attempt = z.infer<typeof Attempt>;

const text = z.nullable(z.string());
const count = z.nullable(z.number());

/** A row of `requestlog/list`: the original's fields plus `id, attempts, firstByteMs, durationMs, traceId`. `createdAt` in Unix seconds. */
export const RequestLogItem = z.object({
  id: z.number(),
  keyId: text,
  accountId: text,
  requestPath: z.string(),
  method: z.string(),
  model: text,
  reasoningEffort: text,
  upstreamUrl: text,
  statusCode: count,
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  totalTokens: count,
  reasoningOutputTokens: count,
  estimatedCostUsd: count,
  /** Of the price table its cost was worked out with; null in rows of older versions, and where there is no cost. */
  priceVersion: z._default(count, null),
  error: text,
  createdAt: z.number(),
  attempts: z.array(Attempt),
  firstByteMs: count,
  durationMs: z.number(),
  traceId: z.string(),
  /** Family of the client's user agent. */
  client: z._default(text, null),
  /** Of the client: `responses`. */
  dialect: z._default(text, null),
  /** The model the provider says it answered with. */
  modelServed: z._default(text, null),
  cacheWriteTokens: z._default(count, null),
  /** Of the body, decompressed; and of the whole answer as it was sent. */
  requestBytes: z._default(count, null),
  responseBytes: z._default(count, null),
  /** Beginning of the SHA-256 of the conversation's name: requests that share it belong together. */
  conversation: z._default(text, null),
  /** Null for a request that was refused before anybody was chosen, and in rows of older versions. */
  route: z._default(z.nullable(RouteRecord), null),
});
export type RequestLogItem = z.infer<typeof RequestLogItem>;

export const StatusClass = z.enum(['2xx', '4xx', '5xx']);
export type StatusClass = z.infer<typeof StatusClass>;

/** The original's `requestlog/today_summary`: local midnight to midnight; `todayTokens` = max(0, input − cached) + output. `requests` is ours. */
export const TodaySummary = z.object({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningOutputTokens: z.number(),
  todayTokens: z.number(),
  estimatedCost: z.number(),
  requests: z._default(z.number(), 0),
});
export type TodaySummary = z.infer<typeof TodaySummary>;
