import * as z from 'zod/mini';
import { AccountId, UsageWindow } from '../contract/account.ts';
import type { UsageHour } from '../contract/usage.ts';
import type { UsageSample } from '../core/records.ts';
import { pruneStep } from '../core/retention.ts';
import type { Database } from './database.ts';

const SampleRow = z.object({ account_id: AccountId, captured_at: z.number(), windows: z.string() });
const HourRow = z.object({ account_id: AccountId, window: z.string(), minutes: z.nullable(z.number()), hour: z.number(), first: z.number(), last: z.number(), most: z.number() });
const Windows = z.catch(z.array(UsageWindow), []);

const hourSeconds = 3_600;
const keptDays = 90;
const mostHours = 100_000;
/** Accounts that one step of pruning looks at. */
const accountsPerStep = 50;

/** What accounts had used: as it was heard, and by the hour. Call what changes something within a transaction. */
export class UsageStore {
  readonly #database: Database;
  #prunedUpTo = '';

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps the newest `retain` of each account; 0 keeps all. */
  append(samples: readonly UsageSample[], retain: number): void {
    for (const { accountId, at, windows } of samples) {
      const seconds = Math.floor(at / 1000);
      this.#database.change('INSERT INTO usage_snapshots (account_id, captured_at, windows) VALUES (?, ?, ?)', [accountId, seconds, JSON.stringify(windows)]);
      if (retain > 0) this.#trim(accountId, retain);
      for (const window of windows) this.#addToHour(accountId, seconds, window);
    }
  }

  /** Since `since` (Unix ms), oldest first. */
  recent(since: number): UsageSample[] {
    return this.#database.all('SELECT account_id, captured_at, windows FROM usage_snapshots WHERE captured_at >= ? ORDER BY captured_at, id', [Math.floor(since / 1000)]).map((raw) => {
      const row = SampleRow.parse(raw);
      return { accountId: row.account_id, at: row.captured_at * 1000, windows: Windows.parse(JSON.parse(row.windows)) };
    });
  }

  hours({ accountId, from, to }: { readonly accountId: AccountId | null; readonly from: number; readonly to: number }): UsageHour[] {
    const one = accountId === null ? '' : 'account_id = ? AND ';
    return this.#database.all(`SELECT account_id, window, minutes, hour, first, last, most FROM usage_hourly WHERE ${one}hour >= ? AND hour < ? ORDER BY hour, account_id, window LIMIT ${mostHours}`,
      [...(accountId === null ? [] : [accountId]), from, to]).map((raw) => {
      const { account_id, hour, ...row } = HourRow.parse(raw);
      return { ...row, accountId: account_id, at: hour };
    });
  }

  forget(ids: readonly AccountId[]): void {
    for (const id of ids) {
      this.#database.change('DELETE FROM usage_snapshots WHERE account_id = ?', [id]);
      this.#database.change('DELETE FROM usage_hourly WHERE account_id = ?', [id]);
    }
  }

  /** Removes a bounded number of hours that are too old; true when there are more. `now` in Unix seconds. */
  prune(now: number): boolean {
    return this.#database.change('DELETE FROM usage_hourly WHERE (account_id, window, hour) IN (SELECT account_id, window, hour FROM usage_hourly WHERE hour < ? ORDER BY hour LIMIT ?)',
      [now - keptDays * 86_400, pruneStep]) === pruneStep;
  }

  /** Looks at some accounts, going on where it stopped, and removes a bounded number of their oldest snapshots beyond `retain` (0: none); true when it has not been round yet. */
  pruneSnapshots(retain: number): boolean {
    if (retain <= 0) return false;
    for (let i = 0; i < accountsPerStep; i += 1) {
      const next = this.#database.value('SELECT min(account_id) FROM usage_snapshots WHERE account_id > ?', [this.#prunedUpTo]) ?? null;
      if (next === null) {
        this.#prunedUpTo = '';
        return false;
      }
      const removed = this.#database.change(`DELETE FROM usage_snapshots WHERE id IN (SELECT id FROM usage_snapshots WHERE account_id = ?1 AND id <=
        (SELECT id FROM usage_snapshots WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2) ORDER BY id LIMIT ${pruneStep})`, [next, retain]);
      if (removed === pruneStep) return true;
      this.#prunedUpTo = String(next);
    }
    return true;
  }

  #trim(accountId: AccountId, retain: number): void {
    this.#database.change('DELETE FROM usage_snapshots WHERE account_id = ?1 AND id <= (SELECT id FROM usage_snapshots WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)', [accountId, retain]);
  }

  #addToHour(accountId: AccountId, seconds: number, { name, minutes, usedPercent }: UsageWindow): void {
    this.#database.change(`INSERT INTO usage_hourly (account_id, window, hour, minutes, first, last, most) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)
      ON CONFLICT DO UPDATE SET last = excluded.last, most = max(most, excluded.most), minutes = excluded.minutes`,
    [accountId, name, Math.floor(seconds / hourSeconds) * hourSeconds, minutes, usedPercent]);
  }
}
