import type { Account, AccountId } from '../contract/account.ts';
import { mostPerPart, type AccountPart, type EventName, type EventPayload } from '../contract/rpc.ts';
import type { StoredAccount } from '../core/records.ts';

/** The pool, as far as events need it. */
export interface AccountSource {
  /** In the pool's order. */
  list(): readonly StoredAccount[];
  /** Null when it is gone. */
  viewOf(id: AccountId): Account | null;
}

/** What one listener is still to hear of the accounts. Its text is made when it can be written, a slice at a time, so that a slow listener costs no memory and a large pool no time in one piece. */
export interface AccountFeed {
  /** In the middle of an event: nothing else may be written now. */
  readonly isOpen: boolean;
  changed(ids: ReadonlySet<AccountId>): void;
  /** What to write next; null when there is nothing to say now. */
  next(): string | null;
  end(): void;
}

export function eventText<E extends EventName>(event: E, payload: EventPayload<E>): string {
  return `event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`;
}

/** `account/part`: the pool once, then what changed, however often it did in between. */
export class PartFeed implements AccountFeed {
  readonly isOpen = false;
  readonly #source: AccountSource;
  /** The pool as it stood when the listener came, and how far it is told. */
  readonly #first: readonly StoredAccount[];
  readonly #end: number;
  #at = 0;
  readonly #waiting = new Set<AccountId>();
  #reset = true;

  constructor(source: AccountSource) {
    this.#source = source;
    this.#first = source.list();
    this.#end = this.#first.length;
  }

  changed(ids: ReadonlySet<AccountId>): void {
    for (const id of ids) this.#waiting.add(id);
  }

  next(): string | null {
    if (!this.#reset && this.#at === this.#end && this.#waiting.size === 0) return null;
    const accounts: Account[] = [];
    const removed: AccountId[] = [];
    for (const id of this.#take()) {
      const account = this.#source.viewOf(id);
      if (account) accounts.push(account);
      else removed.push(id);
    }
    const part: AccountPart = { reset: this.#reset, accounts, removed, last: this.#at === this.#end };
    this.#reset = false;
    return eventText('account/part', part);
  }

  /** Whom the next part is about: first the pool, then whoever changed since. */
  #take(): AccountId[] {
    if (this.#at < this.#end || this.#reset) {
      const ids = this.#first.slice(this.#at, Math.min(this.#end, this.#at + mostPerPart)).map(({ account }) => account.id);
      this.#at += ids.length;
      return ids;
    }
    const ids: AccountId[] = [];
    for (const id of this.#waiting) {
      if (ids.length === mostPerPart) break;
      this.#waiting.delete(id);
      ids.push(id);
    }
    return ids;
  }

  end(): void {
    this.#waiting.clear();
  }
}

/** The whole pool is told at most so often: 100 ms, and 3 s for ten thousand accounts. */
const leastQuietMs = 100;
const quietMsPerAccount = 0.3;

/** `account/changed`: the whole pool with every change. One event, written in slices. */
export class WholeFeed implements AccountFeed {
  readonly #source: AccountSource;
  readonly #wake: () => void;
  /** What is being written, and how far it is. */
  #open: readonly StoredAccount[] | null = null;
  #at = 0;
  #separator = '';
  #isDue = true;
  #quiet: NodeJS.Timeout | null = null;

  /** `wake` is called when there is something to write again. */
  constructor(source: AccountSource, wake: () => void) {
    this.#source = source;
    this.#wake = wake;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  changed(): void {
    this.#isDue = true;
  }

  next(): string | null {
    if (this.#open) return this.#slice(this.#open);
    if (!this.#isDue || this.#quiet) return null;
    this.#isDue = false;
    this.#at = 0;
    this.#separator = '';
    this.#open = this.#source.list();
    return `event: account/changed\ndata: [${this.#slice(this.#open)}`;
  }

  end(): void {
    if (this.#quiet) clearTimeout(this.#quiet);
  }

  /** An account that changed in the meantime is told as it is now; one that came or went makes the event due again. */
  #slice(list: readonly StoredAccount[]): string {
    const views = list.slice(this.#at, this.#at + mostPerPart).map(({ account }) => this.#source.viewOf(account.id)).filter((view) => view !== null);
    this.#at += mostPerPart;
    const text = views.length === 0 ? '' : this.#separator + JSON.stringify(views).slice(1, -1);
    if (views.length > 0) this.#separator = ',';
    if (this.#at < list.length) return text;
    this.#open = null;
    this.#rest(list.length);
    return `${text}]\n\n`;
  }

  #rest(count: number): void {
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      if (this.#isDue) this.#wake();
    }, Math.max(leastQuietMs, count * quietMsPerAccount)).unref();
  }
}
