import type { AccountId } from '../contract/account.ts';

/** One task per account at a time, in the order they came. */
export class AccountLocks {
  readonly #tails = new Map<AccountId, Promise<void>>();

  run<T>(id: AccountId, task: () => Promise<T>): Promise<T> {
    const mine = (this.#tails.get(id) ?? Promise.resolve()).then(task);
    const tail = mine.then(() => undefined, () => undefined).then(() => {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
    });
    this.#tails.set(id, tail);
    return mine;
  }

  /** Resolves when all that came so far is done, well or not. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
