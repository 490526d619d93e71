import * as z from 'zod/mini';
import { KeyId } from '../contract/platformKey.ts';
import type { KeyUsageBatch, KeyUsageState } from '../core/store.ts';
import { dayOf } from '../core/localWindows.ts';
import type { Database } from './database.ts';

const UsageRow = z.object({ key_id: KeyId, day: z.string(), tokens: z.number(), cost: z.number() });
const BegunRow = z.object({ key_id: KeyId, begun_at: z.number() });
const minuteMs = 60_000;
/** Longer than any window: days before that are of no use. */
const keptMs = 70 * 24 * 3_600_000;

/** What keys used, by the local day, and what their running requests have reserved. */
export class KeyUsageStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whoever reserved it is dead: nobody will ever tell what was used, so all of it counts. Within a transaction; `now` in Unix ms. */
  closeOpen(now: number): void {
    this.#database.change(`INSERT INTO key_usage (key_id, day, tokens, cost) SELECT key_id, day, sum(tokens), sum(cost) FROM key_reservations WHERE open = 1 GROUP BY key_id, day
      ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, cost = cost + excluded.cost`, []);
    this.#database.change('UPDATE key_reservations SET open = 0 WHERE open = 1', []);
    this.#database.change('DELETE FROM key_usage WHERE day < ?', [dayOf(now - keptMs)]);
    this.#forget(now - minuteMs);
  }

  load(): KeyUsageState {
    return {
      days: this.#database.all('SELECT key_id, day, tokens, cost FROM key_usage', []).map((row) => {
        const { key_id: keyId, ...used } = UsageRow.parse(row);
        return { keyId, ...used };
      }),
      begun: this.#database.all('SELECT key_id, begun_at FROM key_reservations ORDER BY begun_at', []).map((row) => {
        const { key_id: keyId, begun_at: at } = BegunRow.parse(row);
        return { keyId, at };
      }),
      lastId: Number(this.#database.value('SELECT ifnull(max(id), 0) FROM key_reservations', [])),
    };
  }

  /** Within a transaction. */
  apply({ reserved, settled, forget }: KeyUsageBatch): void {
    for (const { id, keyId, at, day, tokens, cost } of reserved) {
      this.#database.change('INSERT INTO key_reservations (id, key_id, begun_at, day, tokens, cost, open) SELECT ?, id, ?, ?, ?, ?, 1 FROM platform_keys WHERE id = ?', [id, at, day, tokens, cost, keyId]);
    }
    for (const { id, tokens, cost } of settled) {
      if (this.#database.change('UPDATE key_reservations SET open = 0 WHERE id = ? AND open = 1', [id]) === 0) continue;
      this.#database.change(`INSERT INTO key_usage (key_id, day, tokens, cost) SELECT key_id, day, ?, ? FROM key_reservations WHERE id = ?
        ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, cost = cost + excluded.cost`, [tokens, cost, id]);
    }
    this.#forget(forget);
  }

  #forget(until: number): void {
    this.#database.change('DELETE FROM key_reservations WHERE begun_at <= ? AND open = 0', [until]);
  }
}
