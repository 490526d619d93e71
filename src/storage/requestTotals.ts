import type { TodaySummary } from '../contract/requestLog.ts';
import { StatisticsBy, type StatisticsBucket, type Totals } from '../contract/statistics.ts';
import { AppError } from '../core/appError.ts';
import type { LogTuple } from '../core/logTuple.ts';
import { localDay, localHour, type TimeStep } from '../core/timeSteps.ts';
import type { Database, Parameters } from './database.ts';
import { addTo, emptyTotals, totalColumns, totalNames, valuesOf } from './totalColumns.ts';

const quarterSeconds = 900;
const hourSeconds = 3_600;
const mostBuckets = 8_000;
const columns = totalNames.map((name) => totalColumns[name]);
/** The place of the step, the value, and the columns in their order. */
type Packed = readonly (readonly [number, string, ...number[]])[];

/**
 * Sums of requests, which outlive them: of all by quarters of an hour, and by model, key, account, client and status by the local hour and by the local day. Sums
 * for every question keep one about a month as fast as one about a day. Call add() within a transaction.
 */
export class RequestTotals {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(rows: readonly LogTuple[]): void {
    for (const { by, span, begin, value, totals } of totalsOf(rows)) {
      this.#database.change(upsert, [by, span, begin, value, ...totalNames.map((name) => totals[name])]);
    }
  }

  /** Totals of quarters of an hour that begin within [from, to), Unix seconds: exact for every local midnight there is. */
  summary(from: number, to: number): TodaySummary {
    const [all] = this.statistics('none', [{ from, to }]);
    const { inputTokens, cachedInputTokens, outputTokens, reasoningOutputTokens, estimatedCost, requests } = all ?? emptyTotals();
    return { inputTokens, cachedInputTokens, outputTokens, reasoningOutputTokens, todayTokens: Math.max(0, inputTokens - cachedInputTokens) + outputTokens, estimatedCost, requests };
  }

  /** Oldest first; sums of hours as they are, of longer steps put together. Throws `tooLarge` for more than a person can look at. */
  statistics(by: StatisticsBy, steps: readonly TimeStep[]): StatisticsBucket[] {
    const isHourly = steps.every(({ from, to }) => to - from === hourSeconds);
    const rows = isHourly && by !== 'none' ? this.#hours(by, steps) : this.#sums(by, steps);
    if (rows.length > mostBuckets) throw new AppError('tooLarge', `These are more than ${mostBuckets} sums. Ask for a shorter time, or for longer steps.`);
    return rows.flatMap(([step, value, ...numbers]) => {
      const span = steps[step];
      return span ? [{ ...span, value: value === '' ? null : value, ...valuesOf(numbers) }] : [];
    });
  }

  #hours(by: StatisticsBy, steps: readonly TimeStep[]): Packed {
    const [from, to] = [steps[0]?.from ?? 0, steps.at(-1)?.to ?? 0];
    return this.#packed(`SELECT (begin - ?1) / ${hourSeconds} AS step, value, ${columns.join(', ')} FROM totals WHERE by = ?2 AND span = 'hour' AND begin >= ?1 AND begin < ?3 LIMIT ${mostBuckets + 1}`, [from, by, to]);
  }

  #sums(by: StatisticsBy, steps: readonly TimeStep[]): Packed {
    return this.#packed(`SELECT s.key AS step, t.value AS value, ${columns.map((column) => `sum(t.${column}) AS ${column}`).join(', ')} FROM json_each(?1) AS s CROSS JOIN totals AS t
      ON t.by = ?2 AND t.span = ?3 AND t.begin >= json_extract(s.value, '$[0]') AND t.begin < json_extract(s.value, '$[1]') GROUP BY s.key, t.value LIMIT ${mostBuckets + 1}`,
    [JSON.stringify(steps.map(({ from, to }) => [from, to])), by, by === 'none' ? 'quarter' : 'day']);
  }

  /** As one text: thousands of rows read value by value would cost several times as much. */
  #packed(sql: string, parameters: Parameters): Packed {
    return JSON.parse(String(this.#database.value(`SELECT json_group_array(json_array(step, value, ${columns.join(', ')})) FROM (${sql})`, parameters))) as Packed; // SQLite wrote it just now
  }
}

const upsert = `INSERT INTO totals (by, span, begin, value, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ${totalNames.map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`;

type Span = 'quarter' | 'hour' | 'day';
interface Total { readonly by: StatisticsBy; readonly span: Span; readonly begin: number; readonly value: string; readonly totals: Totals }

/** One total for all rows of a batch that count together: most batches have a few of each kind. */
function totalsOf(rows: readonly LogTuple[]): Iterable<Total> {
  const found = new Map<string, Total>();
  let begins: Begins | null = null;
  for (const row of rows) {
    const [, createdAt, key, account, , , model, , , status] = row;
    const values = { none: null, model, key, account, client: row[21], status: status === null ? null : String(status) };
    if (begins?.quarter !== quarterOf(createdAt)) begins = beginsOf(createdAt);
    for (const by of StatisticsBy.options) {
      for (const span of by === 'none' ? ofAll : ofOne) {
        const [value, begin] = [values[by] ?? '', begins[span]];
        const name = `${by} ${span} ${begin} ${value}`;
        const total = found.get(name) ?? { by, span, begin, value, totals: emptyTotals() };
        addTo(total.totals, row);
        found.set(name, total);
      }
    }
  }
  return found.values();
}

const ofAll = ['quarter'] as const;
const ofOne = ['hour', 'day'] as const;
type Begins = Readonly<Record<Span, number>>;

function quarterOf(seconds: number): number {
  return Math.floor(seconds / quarterSeconds) * quarterSeconds;
}

/** The same for every moment of a quarter of an hour, in every zone there is. */
function beginsOf(seconds: number): Begins {
  return { quarter: quarterOf(seconds), hour: localHour(seconds), day: localDay(seconds) };
}
