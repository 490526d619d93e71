import type { Migration } from '../migrate.ts';

/** `codexmanager.db`: who the accounts and keys are. BLOB columns named for a secret hold it encrypted. Times in Unix seconds. */
export const mainMigrations: readonly Migration[] = [
  (database) => database.execute(`
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      chatgpt_account_id TEXT,
      email TEXT,
      plan TEXT,
      label TEXT NOT NULL,
      group_name TEXT,
      sort INTEGER NOT NULL,
      enabled INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX accounts_identity ON accounts (subject, ifnull(chatgpt_account_id, ''));
    CREATE TABLE tokens (
      account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      id_token BLOB,
      access_token BLOB NOT NULL,
      refresh_token BLOB,
      api_key BLOB,
      access_expires_at INTEGER,
      last_refresh INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE account_state (
      account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      state TEXT NOT NULL
    ) STRICT;
    CREATE TABLE platform_keys (
      id TEXT PRIMARY KEY,
      name TEXT,
      hash TEXT NOT NULL UNIQUE,
      secret BLOB NOT NULL,
      enabled INTEGER NOT NULL,
      protocol_type TEXT NOT NULL,
      model_slug TEXT,
      reasoning_effort TEXT,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT;`),
  (database) => database.execute(`
    ALTER TABLE accounts ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE accounts ADD COLUMN note TEXT;
    ALTER TABLE accounts ADD COLUMN workspace_name TEXT;
    ALTER TABLE accounts ADD COLUMN workspace_role TEXT;
    ALTER TABLE accounts ADD COLUMN codex_shared INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tokens ADD COLUMN replaced_hash TEXT;`),
  // What a person keeps of an account's window, how the account is reached, and which accounts a key may use (JSON lists of names, NULL: all).
  // What a key may do at most (JSON), and what it did: by the local day, and each request that runs or began within the last minute (begun_at in Unix ms;
  // costs in billionths of a US dollar).
  (database) => database.execute(`
    ALTER TABLE accounts ADD COLUMN reserve_percent INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE accounts ADD COLUMN proxy_url BLOB;
    ALTER TABLE platform_keys ADD COLUMN account_groups TEXT;
    ALTER TABLE platform_keys ADD COLUMN account_plans TEXT;
    ALTER TABLE platform_keys ADD COLUMN limits TEXT;
    ALTER TABLE platform_keys ADD COLUMN note TEXT;
    ALTER TABLE platform_keys ADD COLUMN expires_at INTEGER;
    CREATE TABLE key_usage (
      key_id TEXT NOT NULL REFERENCES platform_keys (id) ON DELETE CASCADE,
      day TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      cost INTEGER NOT NULL,
      PRIMARY KEY (key_id, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key_reservations (
      id INTEGER PRIMARY KEY,
      key_id TEXT NOT NULL REFERENCES platform_keys (id) ON DELETE CASCADE,
      begun_at INTEGER NOT NULL,
      day TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      cost INTEGER NOT NULL,
      open INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX key_reservations_begun ON key_reservations (begun_at);`),
];
