import * as z from 'zod/mini';
import { AccountId } from '../contract/account.ts';
import type { Binding } from '../core/records.ts';
import { pruneStep } from '../core/retention.ts';
import type { Database } from './database.ts';

const BindingRow = z.object({ kind: z.enum(['encrypted', 'turnState', 'response', 'conversation']), hash: z.string(), account_id: AccountId, seen_at: z.number() });

/** As many are kept; the oldest go first. */
const capacity = 50_000;

/** Who gave out what only it can read. */
export class BindingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Oldest first. */
  all(): Binding[] {
    return this.#database.all('SELECT kind, hash, account_id, seen_at FROM bindings ORDER BY seen_at', []).map((row) => {
      const { kind, hash, account_id: accountId, seen_at: seenAt } = BindingRow.parse(row);
      return { kind, hash, accountId, seenAt };
    });
  }

  add({ kind, hash, accountId, seenAt }: Binding): void {
    this.#database.change('INSERT INTO bindings (kind, hash, account_id, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, hash) DO UPDATE SET account_id = excluded.account_id, seen_at = excluded.seen_at',
      [kind, hash, accountId, Math.floor(seenAt)]);
  }

  /** Removes a bounded number of the oldest that are too many; true when there are more. */
  prune(): boolean {
    const count = Number(this.#database.value('SELECT count(*) FROM bindings', []));
    const most = Math.min(pruneStep, count - capacity);
    return most > 0 && this.#database.change('DELETE FROM bindings WHERE (kind, hash) IN (SELECT kind, hash FROM bindings ORDER BY seen_at LIMIT ?)', [most]) === pruneStep;
  }
}
