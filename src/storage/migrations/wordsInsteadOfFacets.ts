import type { Database } from '../database.ts';

/** The columns of `facets`, by the kind of word each becomes. */
const facetColumns = {
  key: 'key_id', account: 'account_id', method: 'method', path: 'request_path', model: 'model', effort: 'reasoning_effort', upstream: 'upstream_url', status: 'CAST(status_code AS TEXT)',
} as const;

const wordOf = (kind: string, text: string): string => `(SELECT id FROM words WHERE kind = '${kind}' AND text = ${text})`;

/**
 * Version 3. A request refers to each of its texts by itself: whole combinations of them (`facets`) are as many as requests where much differs. New are why an
 * account was chosen and others were not, who sent a request, in which dialect, what answered it, how much went over the wire, and at which prices.
 */
export function wordsInsteadOfFacets(database: Database): void {
  database.execute(schema);
  for (const [kind, text] of Object.entries(facetColumns)) {
    database.execute(`INSERT INTO words (kind, text, used_up_to) SELECT DISTINCT '${kind}', ${text}, (SELECT ifnull(max(id), 0) FROM requests) FROM facets WHERE ${text} IS NOT NULL`);
  }
  database.execute(`INSERT INTO words (kind, text, used_up_to) SELECT 'error', error, max(id) FROM requests WHERE error IS NOT NULL GROUP BY error`);
  const kinds = Object.entries(facetColumns);
  database.execute(`CREATE TABLE facet_words AS SELECT id, ${kinds.map(([kind, text]) => `${wordOf(kind, text)} AS ${kind}_word`).join(', ')} FROM facets`);
  database.execute('CREATE UNIQUE INDEX facet_words_id ON facet_words (id)');
  const same = 'trace_id, created_at, numbers, input_tokens, cached_input_tokens, output_tokens, total_tokens, reasoning_output_tokens, estimated_cost_usd, first_byte_ms, duration_ms, attempts';
  database.execute(`INSERT INTO requests_new (id, ${same}, attempt_count, ${kinds.map(([kind]) => `${kind}_word`).join(', ')}, error_word)
    SELECT r.id, ${same}, iif(json_valid(attempts), json_array_length(attempts), 0), ${kinds.map(([kind]) => `${kind}_word`).join(', ')}, ${wordOf('error', 'r.error')}
    FROM requests AS r JOIN facet_words AS f ON f.id = r.facet_id`);
  // An id is never given twice, also where the newest rows were removed.
  database.execute(`DELETE FROM sqlite_sequence WHERE name = 'requests_new';
    INSERT INTO sqlite_sequence (name, seq) SELECT 'requests_new', seq FROM sqlite_sequence WHERE name = 'requests';
    DROP TABLE facet_words; DROP TABLE requests; DROP TABLE facets; ALTER TABLE requests_new RENAME TO requests;
    CREATE INDEX requests_searched ON requests (id, created_at, total_tokens, attempt_count, account_word, model_word, status_word, key_word, error_word, client_word, effort_word, path_word, method_word, upstream_word);
    CREATE INDEX requests_numbers ON requests (id, numbers);`);
}

const schema = `
  CREATE TABLE words (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    used_up_to INTEGER NOT NULL,
    UNIQUE (kind, text)
  ) STRICT;
  CREATE TABLE requests_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trace_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    key_word INTEGER,
    account_word INTEGER,
    method_word INTEGER,
    path_word INTEGER,
    model_word INTEGER,
    effort_word INTEGER,
    upstream_word INTEGER,
    status_word INTEGER,
    client_word INTEGER,
    dialect_word INTEGER,
    served_word INTEGER,
    error_word INTEGER,
    numbers TEXT NOT NULL,
    input_tokens INTEGER,
    cached_input_tokens INTEGER,
    output_tokens INTEGER,
    total_tokens INTEGER,
    reasoning_output_tokens INTEGER,
    cache_write_tokens INTEGER,
    estimated_cost_usd REAL,
    price_version INTEGER,
    first_byte_ms INTEGER,
    duration_ms INTEGER NOT NULL,
    request_bytes INTEGER,
    response_bytes INTEGER,
    conversation TEXT,
    attempt_count INTEGER NOT NULL,
    attempts TEXT NOT NULL,
    route TEXT
  ) STRICT;`;
