import type { SqlValue } from 'sql.js';
import type { Database } from './database.ts';
import type { Condition } from './requestQuery.ts';

/** What repeats from one request to the next. */
export type Facet = readonly [
  keyId: string | null, accountId: string | null, method: string, requestPath: string, model: string | null, reasoningEffort: string | null,
  upstreamUrl: string | null, statusCode: number | null, client: string | null, dialect: string | null, modelServed: string | null,
];

const cacheCapacity = 5_000;

/** Every combination once: a filter is decided here, among hundreds, and not among hundreds of thousands of requests. Call within a transaction. */
export class FacetStore {
  readonly #database: Database;
  readonly #ids = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The combination's id; it is stored when new. */
  idOf(facet: Facet): number {
    const combination = JSON.stringify(facet);
    const known = this.#ids.get(combination);
    if (known !== undefined) return known;
    this.#database.change(`INSERT INTO facets (key_id, account_id, method, request_path, model, reasoning_effort, upstream_url, status_code, client, dialect, model_served, combination)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (combination) DO NOTHING`, [...facet, combination]);
    const id = Number(this.#database.value('SELECT id FROM facets WHERE combination = ?', [combination]));
    if (this.#ids.size >= cacheCapacity) this.forget();
    this.#ids.set(combination, id);
    return id;
  }

  /** After a transaction that was rolled back: ids given out in it do not exist. */
  forget(): void {
    this.#ids.clear();
  }

  matching({ sql, parameters }: Condition): SqlValue[] {
    return this.#database.all(`SELECT id FROM facets WHERE ${sql}`, parameters).map((row) => row['id'] ?? null);
  }

  /** Removes the combinations that no request has any more. */
  sweep(): void {
    this.#database.change('DELETE FROM facets WHERE id NOT IN (SELECT facet_id FROM requests)', []);
    this.forget();
  }
}
