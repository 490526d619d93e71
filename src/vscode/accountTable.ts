import type { Account, AccountId } from '../contract/account.ts';
import type { AccountPart } from '../contract/rpc.ts';

/** The pool as this window has heard it so far. */
export class AccountTable {
  #byId = new Map<AccountId, Account>();
  /** Parts of a pool that is being told anew; until its last one what was known stays. */
  #coming: Map<AccountId, Account> | null = null;
  #whole: readonly Account[] | null = null;

  get size(): number {
    return this.#byId.size;
  }

  /** The whole pool in its order, from a leader that does not know parts and may not tell what the order depends on. */
  replace(accounts: readonly Account[]): void {
    this.#coming = null;
    this.#whole = accounts;
    this.#byId = new Map(accounts.map((account) => [account.id, account]));
  }

  /** True when what is known changed: not while a pool is being told anew. */
  take({ reset, accounts, removed, last }: AccountPart): boolean {
    if (reset) this.#coming = new Map();
    const target = this.#coming ?? this.#byId;
    for (const account of accounts) target.set(account.id, account);
    for (const id of removed) target.delete(id);
    if (!last) return false;
    if (this.#coming) this.#byId = this.#coming;
    this.#coming = null;
    this.#whole = null;
    return true;
  }

  /** In the order in which requests try them: by sort, then by age. */
  list(): readonly Account[] {
    return this.#whole ?? [...this.#byId.values()].sort((a, b) => a.sort - b.sort || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }
}
