import * as z from 'zod/mini';
import { Attempt, type RequestLogItem } from '../contract/requestLog.ts';
import { RouteRecord } from '../contract/route.ts';
import type { Row } from './database.ts';
import { wordKinds, type WordKind } from './wordStore.ts';

const text = z.nullable(z.string());
const count = z.nullable(z.number());
const Attempts = z.catch(z.array(Attempt), []);
const Route = z.catch(z.nullable(RouteRecord), null);
const LogRow = z.object({
  id: z.number(), trace_id: z.string(), created_at: z.number(), key_id: text, account_id: text, method: z.string(), request_path: z.string(), model: text, reasoning_effort: text,
  upstream_url: text, status_code: count, error: text, input_tokens: count, cached_input_tokens: count, output_tokens: count, total_tokens: count, reasoning_output_tokens: count,
  estimated_cost_usd: count, price_version: count, first_byte_ms: count, duration_ms: z.number(), attempts: z.string(), route: text,
  client: text, dialect: text, model_served: text, cache_write_tokens: count, request_bytes: count, response_bytes: count, conversation: text,
});

const names: Readonly<Record<WordKind, string>> = {
  key: 'key_id', account: 'account_id', method: 'method', path: 'request_path', model: 'model', effort: 'reasoning_effort', upstream: 'upstream_url', status: 'status_code',
  client: 'client', dialect: 'dialect', served: 'model_served', error: 'error',
};
const textOf = (kind: WordKind): string => `(SELECT text FROM words WHERE id = r.${kind}_word)`;

/** What readItem() reads, of `requests` as r. */
export const selectItems = `SELECT r.id, r.trace_id, r.created_at, r.input_tokens, r.cached_input_tokens, r.output_tokens, r.total_tokens, r.reasoning_output_tokens, r.estimated_cost_usd,
  r.price_version, r.first_byte_ms, r.duration_ms, r.attempts, r.route, r.cache_write_tokens, r.request_bytes, r.response_bytes, r.conversation,
  ${wordKinds.map((kind) => `${kind === 'status' ? `CAST(${textOf(kind)} AS INTEGER)` : textOf(kind)} AS ${names[kind]}`).join(', ')} FROM requests AS r`;

export function readItem(raw: Row): RequestLogItem {
  const row = LogRow.parse(raw);
  return {
    id: row.id, keyId: row.key_id, accountId: row.account_id, requestPath: row.request_path, method: row.method, model: row.model, reasoningEffort: row.reasoning_effort,
    upstreamUrl: row.upstream_url, statusCode: row.status_code, inputTokens: row.input_tokens, cachedInputTokens: row.cached_input_tokens, outputTokens: row.output_tokens,
    totalTokens: row.total_tokens, reasoningOutputTokens: row.reasoning_output_tokens, estimatedCostUsd: row.estimated_cost_usd, priceVersion: row.price_version, error: row.error,
    createdAt: row.created_at, attempts: Attempts.parse(JSON.parse(row.attempts)), firstByteMs: row.first_byte_ms, durationMs: row.duration_ms, traceId: row.trace_id,
    route: row.route === null ? null : Route.parse(JSON.parse(row.route)), client: row.client, dialect: row.dialect, modelServed: row.model_served, cacheWriteTokens: row.cache_write_tokens,
    requestBytes: row.request_bytes, responseBytes: row.response_bytes, conversation: row.conversation,
  };
}
