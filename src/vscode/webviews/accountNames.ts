import type { Account } from '../../contract/account.ts';
import type { RequestLogItem } from '../../contract/requestLog.ts';

/** What accounts are called, as far as a page is told: it is told of those whose requests it shows. */
export class AccountNames {
  /** Null: nobody of that id is known, or not yet. */
  readonly #told = new Map<string, string | null>();

  /** Names that the page needs for these requests and has not got. */
  of(rows: readonly RequestLogItem[], accounts: readonly Account[]): Record<string, string> {
    const before = this.#told.size;
    for (const { accountId, attempts } of rows) {
      if (accountId !== null) this.#ask(accountId);
      for (const attempt of attempts) this.#ask(attempt.accountId);
    }
    return this.#told.size === before ? {} : this.changed(accounts);
  }

  /** Names that the page needs and that are others now. */
  changed(accounts: readonly Account[]): Record<string, string> {
    const names: Record<string, string> = {};
    if (this.#told.size === 0) return names;
    for (const { id, label } of accounts) {
      const told = this.#told.get(id);
      if (told === undefined || told === label) continue;
      this.#told.set(id, label);
      names[id] = label;
    }
    return names;
  }

  /** The page begins anew. */
  forget(): void {
    this.#told.clear();
  }

  #ask(id: string): void {
    if (!this.#told.has(id)) this.#told.set(id, null);
  }
}
