import type { TodaySummary } from '../contract/requestLog.ts';
import type { LogTuple } from '../core/logTuple.ts';
import type { Database } from './database.ts';

const quarterSeconds = 900;

/** Sums per quarter of an hour, key, account, model and status, which outlive the requests they were counted from. Call add() within a transaction. */
export class UsageTotals {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(rows: readonly LogTuple[]): void {
    for (const { quarter, key, account, model, status, requests, input, cached, output, reasoning, cost } of totalsOf(rows)) {
      this.#database.change(`INSERT INTO totals (quarter, key_id, account_id, model, status_code, requests, input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, estimated_cost_usd)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, input_tokens = input_tokens + excluded.input_tokens,
        cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens, output_tokens = output_tokens + excluded.output_tokens,
        reasoning_output_tokens = reasoning_output_tokens + excluded.reasoning_output_tokens, estimated_cost_usd = estimated_cost_usd + excluded.estimated_cost_usd`,
      [quarter, key ?? '', account ?? '', model ?? '', status ?? 0, requests, input, cached, output, reasoning, cost]);
    }
  }

  /** Totals of quarters of an hour that begin within [from, to), Unix seconds: exact for every local midnight there is. */
  summary(from: number, to: number): TodaySummary {
    const row = this.#database.first(`SELECT ifnull(sum(input_tokens), 0) AS input, ifnull(sum(cached_input_tokens), 0) AS cached, ifnull(sum(output_tokens), 0) AS output,
      ifnull(sum(reasoning_output_tokens), 0) AS reasoning, ifnull(sum(estimated_cost_usd), 0) AS cost, ifnull(sum(requests), 0) AS requests FROM totals WHERE quarter >= ? AND quarter < ?`, [from, to]);
    const [input, cached, output] = [Number(row?.['input']), Number(row?.['cached']), Number(row?.['output'])];
    return {
      inputTokens: input, cachedInputTokens: cached, outputTokens: output, reasoningOutputTokens: Number(row?.['reasoning']),
      todayTokens: Math.max(0, input - cached) + output, estimatedCost: Number(row?.['cost']), requests: Number(row?.['requests']),
    };
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
    const name = JSON.stringify([quarter, key, account, status, model]);
    const total = totals.get(name) ?? { quarter, key, account, model, status, requests: 0, input: 0, cached: 0, output: 0, reasoning: 0, cost: 0 };
    total.requests += 1;
    // A provider that counts backwards must not lower a total.
    total.input += Math.max(0, input ?? 0);
    total.cached += Math.max(0, cached ?? 0);
    total.output += Math.max(0, output ?? 0);
    total.reasoning += Math.max(0, reasoning ?? 0);
    total.cost += Math.max(0, cost ?? 0);
    totals.set(name, total);
  }
  return totals.values();
}
