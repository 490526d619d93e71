import * as z from 'zod/mini';
import { Attempt, type RequestLogItem, type TodaySummary } from '../contract/requestLog.ts';
import type { LogTuple } from '../core/logTuple.ts';
import type { Database } from './database.ts';
import { readQuery } from './requestQuery.ts';

const text = z.nullable(z.string());
const count = z.nullable(z.number());
const Attempts = z.array(Attempt);
const LogRow = z.object({
  id: z.number(), trace_id: z.string(), created_at: z.number(), key_id: text, account_id: text, method: z.string(), request_path: z.string(), model: text, reasoning_effort: text,
  upstream_url: text, status_code: count, error: text, input_tokens: count, cached_input_tokens: count, output_tokens: count, total_tokens: count, reasoning_output_tokens: count,
  estimated_cost_usd: count, first_byte_ms: count, duration_ms: z.number(), attempts: z.string(),
});

const quarterSeconds = 900;
const keptDays = 30;
const keptRows = 200_000;
/** Rows that one step of pruning removes. */
const pruneStep = 2_000;

/** Requests, and totals that outlive them. Call within a transaction. */
export class RequestLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns the ids of the rows, in their order. */
  append(rows: readonly LogTuple[]): number[] {
    const ids = rows.map((row) => Number(this.#database.value(`INSERT INTO requests (trace_id, created_at, key_id, account_id, method, request_path, model, reasoning_effort, upstream_url, status_code,
      error, input_tokens, cached_input_tokens, output_tokens, total_tokens, reasoning_output_tokens, estimated_cost_usd, first_byte_ms, duration_ms, attempts)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, row)));
    for (const total of totalsOf(rows)) this.#addTotal(total);
    return ids;
  }

  /** Newest first. */
  list({ query, limit, beforeId }: { readonly query: string; readonly limit: number; readonly beforeId: number | null }): RequestLogItem[] {
    const condition = readQuery(query);
    const parameters = [...(condition?.parameters ?? [])];
    const clauses = [...(condition ? [condition.sql] : []), ...(beforeId === null ? [] : [`id < ?${parameters.push(beforeId)}`])];
    const where = clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`;
    parameters.push(limit);
    return this.#database.all(`SELECT * FROM requests ${where} ORDER BY id DESC LIMIT ?${parameters.length}`, parameters).map((row) => itemOf(LogRow.parse(row)));
  }

  /** The totals stay. */
  clear(): void {
    this.#database.change('DELETE FROM requests', []);
  }

  /** Totals of quarters of an hour that begin within [from, to), Unix seconds: exact for every local midnight there is. */
  summary(from: number, to: number): TodaySummary {
    const row = this.#database.first(`SELECT ifnull(sum(input_tokens), 0) AS input, ifnull(sum(cached_input_tokens), 0) AS cached, ifnull(sum(output_tokens), 0) AS output,
      ifnull(sum(reasoning_output_tokens), 0) AS reasoning, ifnull(sum(estimated_cost_usd), 0) AS cost FROM totals WHERE quarter >= ? AND quarter < ?`, [from, to]);
    const [input, cached, output] = [Number(row?.['input']), Number(row?.['cached']), Number(row?.['output'])];
    return {
      inputTokens: input, cachedInputTokens: cached, outputTokens: output, reasoningOutputTokens: Number(row?.['reasoning']),
      todayTokens: Math.max(0, input - cached) + output, estimatedCost: Number(row?.['cost']),
    };
  }

  /** Removes a bounded number of rows that are too old or too many; true when there are more. `now` in Unix seconds. */
  prune(now: number): boolean {
    const newest = Number(this.#database.value('SELECT ifnull(max(id), 0) FROM requests', []));
    const removed = this.#database.change('DELETE FROM requests WHERE id IN (SELECT id FROM requests ORDER BY id LIMIT ?1) AND (id <= ?2 OR created_at < ?3)', [pruneStep, newest - keptRows, now - keptDays * 86_400]);
    return removed === pruneStep;
  }

  #addTotal({ quarter, key, account, model, status, requests, input, cached, output, reasoning, cost }: Total): void {
    this.#database.change(`INSERT INTO totals (quarter, key_id, account_id, model, status_code, requests, input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, estimated_cost_usd)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, input_tokens = input_tokens + excluded.input_tokens,
      cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens, output_tokens = output_tokens + excluded.output_tokens,
      reasoning_output_tokens = reasoning_output_tokens + excluded.reasoning_output_tokens, estimated_cost_usd = estimated_cost_usd + excluded.estimated_cost_usd`,
    [quarter, key ?? '', account ?? '', model ?? '', status ?? 0, requests, input, cached, output, reasoning, cost]);
  }
}

/** Rows that count together. */
interface Total {
  readonly quarter: number;
  readonly key: string | null;
  readonly account: string | null;
  readonly model: string | null;
  readonly status: number | null;
  requests: number;
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  cost: number;
}

/** One total for all rows of a batch that count together: most batches have one or two. */
function totalsOf(rows: readonly LogTuple[]): Iterable<Total> {
  const totals = new Map<string, Total>();
  for (const [, createdAt, key, account, , , model, , , status, , input, cached, output, , reasoning, cost] of rows) {
    const quarter = Math.floor(createdAt / quarterSeconds) * quarterSeconds;
    const name = `${quarter} ${key} ${account} ${status} ${model}`;
    const total = totals.get(name) ?? { quarter, key, account, model, status, requests: 0, input: 0, cached: 0, output: 0, reasoning: 0, cost: 0 };
    total.requests += 1;
    total.input += input ?? 0;
    total.cached += cached ?? 0;
    total.output += output ?? 0;
    total.reasoning += reasoning ?? 0;
    total.cost += cost ?? 0;
    totals.set(name, total);
  }
  return totals.values();
}

function itemOf(row: z.infer<typeof LogRow>): RequestLogItem {
  return {
    id: row.id, keyId: row.key_id, accountId: row.account_id, requestPath: row.request_path, method: row.method, model: row.model, reasoningEffort: row.reasoning_effort,
    upstreamUrl: row.upstream_url, statusCode: row.status_code, inputTokens: row.input_tokens, cachedInputTokens: row.cached_input_tokens, outputTokens: row.output_tokens,
    totalTokens: row.total_tokens, reasoningOutputTokens: row.reasoning_output_tokens, estimatedCostUsd: row.estimated_cost_usd, error: row.error, createdAt: row.created_at,
    attempts: Attempts.parse(JSON.parse(row.attempts)), firstByteMs: row.first_byte_ms, durationMs: row.duration_ms, traceId: row.trace_id,
  };
}
