import type { AccountId } from '../contract/account.ts';

/** How long an account that broke a stream comes last. A client repeats its turn within seconds. */
const avoidMs = 60_000;

/** Accounts that broke a stream in the middle a moment ago: the repeated turn goes to another one if there is one. */
export class RecentCuts {
  readonly #until = new Map<AccountId, number>();

  /** `now` in Unix ms. */
  add(id: AccountId, now: number): void {
    this.#until.set(id, now + avoidMs);
  }

  has(id: AccountId, now: number): boolean {
    return (this.#until.get(id) ?? 0) > now;
  }

  /** `tried` and the accounts to avoid; null when there are none to avoid. */
  with(tried: ReadonlySet<AccountId>, now: number): ReadonlySet<AccountId> | null {
    if (this.#until.size === 0) return null;
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return this.#until.size === 0 ? null : new Set([...tried, ...this.#until.keys()]);
  }
}
