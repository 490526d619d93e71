import type { Migration } from '../migrate.ts';
import { totalsByQuestion } from './totalsByQuestion.ts';
import { wordsInsteadOfFacets } from './wordsInsteadOfFacets.ts';

/**
 * `codexmanager-logs.db`: what happened. Times in Unix seconds, durations in milliseconds. `totals` holds sums of requests and outlives them.
 * `words` holds what repeats from one request to the next, `numbers` all counts and the cost as one text: both are for searching.
 */
export const logMigrations: readonly Migration[] = [
  (database) => database.execute(`
    CREATE TABLE facets (
      id INTEGER PRIMARY KEY,
      key_id TEXT,
      account_id TEXT,
      method TEXT NOT NULL,
      request_path TEXT NOT NULL,
      model TEXT,
      reasoning_effort TEXT,
      upstream_url TEXT,
      status_code INTEGER,
      combination TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      facet_id INTEGER NOT NULL,
      numbers TEXT NOT NULL,
      trace_id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      error TEXT,
      input_tokens INTEGER,
      cached_input_tokens INTEGER,
      output_tokens INTEGER,
      total_tokens INTEGER,
      reasoning_output_tokens INTEGER,
      estimated_cost_usd REAL,
      first_byte_ms INTEGER,
      duration_ms INTEGER NOT NULL,
      attempts TEXT NOT NULL
    ) STRICT;
    CREATE INDEX requests_searched ON requests (id, facet_id, error, numbers);
    CREATE TABLE totals (
      quarter INTEGER NOT NULL,
      key_id TEXT NOT NULL,
      account_id TEXT NOT NULL,
      model TEXT NOT NULL,
      status_code INTEGER NOT NULL,
      requests INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cached_input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_output_tokens INTEGER NOT NULL,
      estimated_cost_usd REAL NOT NULL,
      PRIMARY KEY (quarter, key_id, account_id, model, status_code)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE bindings (
      kind TEXT NOT NULL,
      hash TEXT NOT NULL,
      account_id TEXT NOT NULL,
      seen_at INTEGER NOT NULL,
      PRIMARY KEY (kind, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bindings_seen ON bindings (seen_at);`),
  // What accounts had used, as it was heard; and the same by the hour, which outlives it.
  (database) => database.execute(`
    CREATE TABLE usage_snapshots (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      account_id TEXT NOT NULL,
      captured_at INTEGER NOT NULL,
      windows TEXT NOT NULL
    ) STRICT;
    CREATE INDEX usage_snapshots_account ON usage_snapshots (account_id, id);
    CREATE INDEX usage_snapshots_time ON usage_snapshots (captured_at);
    CREATE TABLE usage_hourly (
      account_id TEXT NOT NULL,
      window TEXT NOT NULL,
      hour INTEGER NOT NULL,
      minutes INTEGER,
      first REAL NOT NULL,
      last REAL NOT NULL,
      most REAL NOT NULL,
      PRIMARY KEY (account_id, window, hour)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX usage_hourly_time ON usage_hourly (hour);`),
  (database) => {
    wordsInsteadOfFacets(database);
    totalsByQuestion(database);
  },
];
