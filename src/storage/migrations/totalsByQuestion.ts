import { localDay } from '../../core/timeSteps.ts';
import type { Database } from '../database.ts';

/** Part of version 3. Sums by every combination of key, account, model and status grow like the log itself; now each question has sums of its own. */
export function totalsByQuestion(database: Database): void {
  database.execute(schema);
  const midnight = localDay(Math.floor(Date.now() / 1000));
  const begins = { quarter: 'quarter', hour: beginOf(3_600, midnight), day: beginOf(86_400, midnight) };
  for (const [by, value] of Object.entries(values)) {
    for (const span of by === 'none' ? ['quarter'] as const : ['hour', 'day'] as const) {
      database.execute(`INSERT INTO totals_new (by, span, begin, value, requests, errors, input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, estimated_cost_usd)
        SELECT '${by}', '${span}', ${begins[span]}, ${value}, sum(requests), sum(iif(status_code = 0 OR status_code >= 400, requests, 0)), sum(input_tokens), sum(cached_input_tokens),
        sum(output_tokens), sum(reasoning_output_tokens), sum(estimated_cost_usd) FROM totals GROUP BY 3, 4`);
    }
  }
  database.execute('DROP TABLE totals; ALTER TABLE totals_new RENAME TO totals');
}

const values = { none: '\'\'', key: 'key_id', account: 'account_id', model: 'model', status: 'iif(status_code = 0, \'\', CAST(status_code AS TEXT))' };

/** Days of another daylight saving time are an hour off: sums from before this version tell no more. */
function beginOf(seconds: number, midnight: number): string {
  const offset = midnight % seconds;
  return `(quarter - ${offset}) / ${seconds} * ${seconds} + ${offset}`;
}

const schema = `
  CREATE TABLE totals_new (
    by TEXT NOT NULL,
    span TEXT NOT NULL,
    begin INTEGER NOT NULL,
    value TEXT NOT NULL,
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_output_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    estimated_cost_usd REAL NOT NULL,
    unpriced INTEGER NOT NULL DEFAULT 0,
    first_byte_ms INTEGER NOT NULL DEFAULT 0,
    first_byte_count INTEGER NOT NULL DEFAULT 0,
    duration_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (by, span, begin, value)
  ) STRICT, WITHOUT ROWID;`;
