import type { Database } from './database.ts';

/** Single facts about the database. */
export class MetaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(name: 'dataKeyMarker'): string | null {
    const value = this.#database.value('SELECT value FROM meta WHERE name = ?', [name]);
    return typeof value === 'string' ? value : null;
  }

  set(name: 'dataKeyMarker' | 'epoch', value: string): void {
    this.#database.change('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', [name, value]);
  }

  /** One more than the last leader's. */
  nextEpoch(): number {
    const epoch = Number(this.#database.value("SELECT value FROM meta WHERE name = 'epoch'", []) ?? 0) + 1;
    this.set('epoch', String(epoch));
    return epoch;
  }
}
