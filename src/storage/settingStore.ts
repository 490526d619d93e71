import * as z from 'zod/mini';
import type { Database } from './database.ts';

const SettingRow = z.object({ name: z.string(), value: z.string() });

/** What a person decided, by name, each as JSON. */
export class SettingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): Record<string, string> {
    return Object.fromEntries(this.#database.all('SELECT name, value FROM settings', []).map((raw) => {
      const { name, value } = SettingRow.parse(raw);
      return [name, value];
    }));
  }

  set(name: string, value: string): void {
    this.#database.change('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', [name, value]);
  }
}
