import type { Migration } from '../migrate.ts';

/** `codexmanager-logs.db`: what happened. Times in Unix seconds, durations in milliseconds. `totals` adds up quarters of an hour and outlives the rows. */
export const logMigrations: readonly Migration[] = [
  (database) => database.execute(`
    CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      trace_id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      key_id TEXT,
      account_id TEXT,
      method TEXT NOT NULL,
      request_path TEXT NOT NULL,
      model TEXT,
      reasoning_effort TEXT,
      upstream_url TEXT,
      status_code INTEGER,
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
    CREATE INDEX requests_account ON requests (account_id, id);
    CREATE INDEX requests_key ON requests (key_id, id);
    CREATE INDEX requests_status ON requests (status_code, id);
    CREATE INDEX requests_model ON requests (model, id);
    CREATE INDEX requests_failed ON requests (id) WHERE error IS NOT NULL;
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
];
