import type { RequestLogItem, TodaySummary } from '../contract/requestLog.ts';
import type { LogTuple } from '../core/logTuple.ts';
import type { QueryTerm } from '../core/logQuery/queryTerm.ts';
import type { StatisticsBucket, StatisticsBy } from '../contract/statistics.ts';
import { pruneStep, type RetentionLimits } from '../core/retention.ts';
import type { RequestPage } from '../core/store.ts';
import type { TimeStep } from '../core/timeSteps.ts';
import type { Database } from './database.ts';
import { RequestSearch } from './requestSearch.ts';
import { RequestTotals } from './requestTotals.ts';
import { wordKinds, WordStore } from './wordStore.ts';

const columns = ['id', 'trace_id', 'created_at', 'numbers', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'total_tokens', 'reasoning_output_tokens', 'estimated_cost_usd', 'first_byte_ms', 'duration_ms',
  'attempts', 'route', 'cache_write_tokens', 'request_bytes', 'response_bytes', 'conversation', 'attempt_count', 'price_version', ...wordKinds.map((kind) => `${kind}_word`)];
const insertRow = `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;

/** Requests, and totals that outlive them. Call what changes something within a transaction, and forget() when it was rolled back. */
export class RequestLog {
  readonly #database: Database;
  readonly #words: WordStore;
  readonly #search: RequestSearch;
  readonly #totals: RequestTotals;

  constructor(database: Database) {
    this.#database = database;
    this.#words = new WordStore(database);
    this.#search = new RequestSearch(database, this.#words);
    this.#totals = new RequestTotals(database);
  }

  /** Returns the ids of the rows, in their order. */
  append(rows: readonly LogTuple[]): number[] {
    // Ids follow each other, also after the newest were removed; asking for each with RETURNING costs a third of the insert.
    const last = Number(this.#database.value('SELECT seq FROM sqlite_sequence WHERE name = \'requests\'', []) ?? 0);
    rows.forEach((row, i) => this.#insert(last + 1 + i, row));
    this.#totals.add(rows);
    return rows.map((_, i) => last + 1 + i);
  }

  forget(): void {
    this.#words.forget();
  }

  /** Newest first. */
  list(page: RequestPage): RequestLogItem[] {
    return this.#search.page(page);
  }

  /** How many match; it stops at `most`. */
  count(terms: readonly QueryTerm[], most: number): number {
    return this.#search.count(terms, most);
  }

  /** The totals stay. */
  clear(): void {
    this.#database.change('DELETE FROM requests', []);
    this.#words.clear();
  }

  summary(from: number, to: number): TodaySummary {
    return this.#totals.summary(from, to);
  }

  statistics(by: StatisticsBy, steps: readonly TimeStep[]): StatisticsBucket[] {
    return this.#totals.statistics(by, steps);
  }

  /** Removes a bounded number of rows that are too old or too many; true when there are more. */
  prune({ now, requestDays, requestRows }: Pick<RetentionLimits, 'now' | 'requestDays' | 'requestRows'>): boolean {
    const newest = Number(this.#database.value('SELECT ifnull(max(id), 0) FROM requests', []));
    const [upTo, before] = [requestRows === 0 ? -1 : newest - requestRows, requestDays === 0 ? 0 : now - requestDays * 86_400];
    return this.#database.change('DELETE FROM requests WHERE id IN (SELECT id FROM requests ORDER BY id LIMIT ?1) AND (id <= ?2 OR created_at < ?3)', [pruneStep, upTo, before]) === pruneStep;
  }

  /** Removes a bounded number of texts that no request has any more; true when there are more. */
  pruneWords(): boolean {
    const oldest = Number(this.#database.value('SELECT ifnull(min(id), 0) FROM requests', []));
    return this.#words.prune(oldest, pruneStep) === pruneStep;
  }

  #insert(id: number, [traceId, createdAt, keyId, accountId, method, requestPath, model, effort, upstreamUrl, status, error, ...rest]: LogTuple): void {
    const [input, cached, output, total, reasoning, cost, firstByteMs, durationMs, attempts, route, client, dialect, served, ...more] = rest;
    const texts = { key: keyId, account: accountId, method, path: requestPath, model, effort, upstream: upstreamUrl, status: status === null ? null : String(status), client, dialect, served, error };
    this.#database.change(insertRow, [
      id, traceId, createdAt, [input, cached, output, total, reasoning, cost].join('|'), input, cached, output, total, reasoning, cost, firstByteMs, durationMs, attempts, route, ...more,
      ...wordKinds.map((kind) => this.#words.idOf(kind, texts[kind], id)),
    ]);
  }
}
