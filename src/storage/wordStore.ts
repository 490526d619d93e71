import type { Database } from './database.ts';

/** What repeats from one request to the next. The column of `requests` that refers to it is called `KIND_word`. */
export const wordKinds = ['key', 'account', 'method', 'path', 'model', 'effort', 'upstream', 'status', 'client', 'dialect', 'served', 'error'] as const;
export type WordKind = (typeof wordKinds)[number];

interface Known { readonly id: number; readonly usedUpTo: number }

const cacheCapacity = 10_000;
/** A word is marked as used so many requests ahead: marking it with each would cost as much as storing the request. */
const usedStep = 1_000;

/**
 * Every text once: a request holds numbers, and a search looks at a few texts instead of hundreds of thousands. `used_up_to` is at least the last request that
 * has the word. Call what changes something within a transaction, and forget() when it was rolled back.
 */
export class WordStore {
  readonly #database: Database;
  readonly #known = new Map<string, Known>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The word's id, for the request of this id or a little later one; it is stored when new. */
  idOf(kind: WordKind, text: string | null, requestId: number): number | null {
    if (text === null) return null;
    const name = `${kind} ${text}`;
    const known = this.#known.get(name);
    if (known && known.usedUpTo >= requestId) return known.id;
    const usedUpTo = requestId + usedStep;
    this.#database.change('INSERT INTO words (kind, text, used_up_to) VALUES (?, ?, ?) ON CONFLICT (kind, text) DO UPDATE SET used_up_to = excluded.used_up_to', [kind, text, usedUpTo]);
    const id = known?.id ?? Number(this.#database.value('SELECT id FROM words WHERE kind = ? AND text = ?', [kind, text]));
    if (this.#known.size >= cacheCapacity) this.forget();
    this.#known.set(name, { id, usedUpTo });
    return id;
  }

  /** After a transaction that was rolled back: ids given out in it do not exist. */
  forget(): void {
    this.#known.clear();
  }

  /** The kinds that have a word with this text in it. `pattern` is one of LIKE. */
  kindsWith(pattern: string): WordKind[] {
    return this.#database.all('SELECT DISTINCT kind FROM words WHERE text LIKE ? ESCAPE \'\\\'', [pattern]).map((row) => row['kind'] as WordKind); // written by idOf
  }

  /** Removes words that only requests before this one had; returns how many, at most `most`. */
  prune(oldestRequest: number, most: number): number {
    const removed = this.#database.change('DELETE FROM words WHERE id IN (SELECT id FROM words WHERE used_up_to < ? LIMIT ?)', [oldestRequest, most]);
    if (removed > 0) this.forget();
    return removed;
  }

  clear(): void {
    this.#database.change('DELETE FROM words', []);
    this.forget();
  }
}
