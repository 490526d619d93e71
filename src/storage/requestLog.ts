import * as z from 'zod/mini';
import { Attempt, type RequestLogItem, type StatusClass, type TodaySummary } from '../contract/requestLog.ts';
import { RouteRecord } from '../contract/route.ts';
import type { LogTuple } from '../core/logTuple.ts';
import type { Database, Row } from './database.ts';
import { FacetStore } from './facetStore.ts';
import { readQuery, type Condition, type RequestFilter } from './requestQuery.ts';
import { UsageTotals } from './usageTotals.ts';

const text = z.nullable(z.string());
const count = z.nullable(z.number());
const Attempts = z.catch(z.array(Attempt), []);
const Route = z.catch(z.nullable(RouteRecord), null);
const LogRow = z.object({
  id: z.number(), trace_id: z.string(), created_at: z.number(), key_id: text, account_id: text, method: z.string(), request_path: z.string(), model: text, reasoning_effort: text,
  upstream_url: text, status_code: count, error: text, input_tokens: count, cached_input_tokens: count, output_tokens: count, total_tokens: count, reasoning_output_tokens: count,
  estimated_cost_usd: count, first_byte_ms: count, duration_ms: z.number(), attempts: z.string(), route: text,
  client: text, dialect: text, model_served: text, cache_write_tokens: count, request_bytes: count, response_bytes: count, conversation: text,
});

const keptDays = 30;
const keptRows = 200_000;
/** Rows that one step of pruning removes. */
const pruneStep = 1_000;

const shown = `r.id, r.trace_id, r.created_at, f.key_id, f.account_id, f.method, f.request_path, f.model, f.reasoning_effort, f.upstream_url, f.status_code, r.error, r.input_tokens,
  r.cached_input_tokens, r.output_tokens, r.total_tokens, r.reasoning_output_tokens, r.estimated_cost_usd, r.first_byte_ms, r.duration_ms, r.attempts, r.route,
  f.client, f.dialect, f.model_served, r.cache_write_tokens, r.request_bytes, r.response_bytes, r.conversation`;

/** Requests, and totals that outlive them. Call what changes something within a transaction, and forget() when it was rolled back. */
export class RequestLog {
  readonly #database: Database;
  readonly #facets: FacetStore;
  readonly #totals: UsageTotals;

  constructor(database: Database) {
    this.#database = database;
    this.#facets = new FacetStore(database);
    this.#totals = new UsageTotals(database);
  }

  /** Returns the ids of the rows, in their order. */
  append(rows: readonly LogTuple[]): number[] {
    for (const row of rows) this.#insert(row);
    this.#totals.add(rows);
    // Ids follow each other within a transaction; asking for each with RETURNING costs a third of the insert.
    const last = Number(this.#database.value('SELECT ifnull(max(id), 0) FROM requests', []));
    return rows.map((_, i) => last - rows.length + 1 + i);
  }

  forget(): void {
    this.#facets.forget();
  }

  /** Newest first. */
  list({ query, limit, beforeId, statusClass }: { readonly query: string; readonly limit: number; readonly beforeId: number | null; readonly statusClass: StatusClass | null }): RequestLogItem[] {
    const parts = [this.#condition(readQuery(query)), this.#condition(statusClass === null ? null : readQuery(`status:${statusClass}`))];
    const found = parts.filter((part) => part !== undefined);
    if (found.length < parts.length) return [];
    const condition = { sql: found.map(({ sql }) => `(${sql})`).join(' AND '), parameters: found.flatMap(({ parameters }) => parameters) };
    // The narrow index holds all that a filter looks at: the rows themselves are read only for what is shown.
    return this.#database.all(`SELECT ${shown} FROM (SELECT id FROM requests INDEXED BY requests_searched WHERE id < ? AND (${condition.sql}) ORDER BY id DESC LIMIT ?) AS found
      CROSS JOIN requests AS r ON r.id = found.id CROSS JOIN facets AS f ON f.id = r.facet_id ORDER BY r.id DESC`,
    [beforeId ?? Number.MAX_SAFE_INTEGER, ...condition.parameters, limit]).map(readItem);
  }

  /** The totals stay. */
  clear(): void {
    this.#database.change('DELETE FROM requests', []);
    this.#facets.sweep();
  }

  summary(from: number, to: number): TodaySummary {
    return this.#totals.summary(from, to);
  }

  /** Removes a bounded number of rows that are too old or too many; true when there are more. `now` in Unix seconds. */
  prune(now: number): boolean {
    const newest = Number(this.#database.value('SELECT ifnull(max(id), 0) FROM requests', []));
    const removed = this.#database.change('DELETE FROM requests WHERE id IN (SELECT id FROM requests ORDER BY id LIMIT ?1) AND (id <= ?2 OR created_at < ?3)', [pruneStep, newest - keptRows, now - keptDays * 86_400]);
    if (removed > 0 && removed < pruneStep) this.#facets.sweep();
    return removed === pruneStep;
  }

  #insert([traceId, createdAt, keyId, accountId, method, requestPath, model, effort, upstreamUrl, status, error, ...rest]: LogTuple): void {
    const [input, cached, output, total, reasoning, cost, firstByteMs, durationMs, attempts, route, client, dialect, modelServed, ...more] = rest;
    const facet = this.#facets.idOf([keyId, accountId, method, requestPath, model, effort, upstreamUrl, status, client, dialect, modelServed]);
    this.#database.change(`INSERT INTO requests (facet_id, numbers, trace_id, created_at, error, input_tokens, cached_input_tokens, output_tokens, total_tokens,
      reasoning_output_tokens, estimated_cost_usd, first_byte_ms, duration_ms, attempts, route, cache_write_tokens, request_bytes, response_bytes, conversation)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [facet, [input, cached, output, total, reasoning, cost].join('|'), traceId, createdAt, error, input, cached, output, total, reasoning, cost, firstByteMs, durationMs, attempts, route, ...more]);
  }

  /** On `requests`; undefined when nothing can match. */
  #condition(filter: RequestFilter | null): Condition | undefined {
    if (!filter) return { sql: '1', parameters: [] };
    const facets = filter.facet ? this.#facets.matching(filter.facet) : [];
    const one = facets.length > 0 ? { sql: 'facet_id IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(facets)] } : null;
    const parts = [one, filter.error, filter.numbers].filter((part) => part !== null);
    if (parts.length === 0) return undefined;
    return { sql: parts.map((part) => part.sql).join(' OR '), parameters: parts.flatMap((part) => part.parameters) };
  }
}

function readItem(raw: Row): RequestLogItem {
  const row = LogRow.parse(raw);
  return {
    id: row.id, keyId: row.key_id, accountId: row.account_id, requestPath: row.request_path, method: row.method, model: row.model, reasoningEffort: row.reasoning_effort,
    upstreamUrl: row.upstream_url, statusCode: row.status_code, inputTokens: row.input_tokens, cachedInputTokens: row.cached_input_tokens, outputTokens: row.output_tokens,
    totalTokens: row.total_tokens, reasoningOutputTokens: row.reasoning_output_tokens, estimatedCostUsd: row.estimated_cost_usd, error: row.error, createdAt: row.created_at,
    attempts: Attempts.parse(JSON.parse(row.attempts)), firstByteMs: row.first_byte_ms, durationMs: row.duration_ms, traceId: row.trace_id,
    route: row.route === null ? null : Route.parse(JSON.parse(row.route)), client: row.client, dialect: row.dialect, modelServed: row.model_served, cacheWriteTokens: row.cache_write_tokens,
    requestBytes: row.request_bytes, responseBytes: row.response_bytes, conversation: row.conversation,
  };
}
