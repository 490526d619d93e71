import type { Account, AccountId } from '../../contract/account.ts';
import { isOwn, isServing, leastLeft } from '../../core/display/accountState.ts';
import type { SortBy } from './accountLens.ts';

/** Rows that go by figures stay in their places for so long, ms: nobody can point at what moves all the time. */
const restMs = 30_000;

/** Sorts the accounts of every group; groups stay where they are. `now` in Unix ms. */
export function sortAccounts(accounts: readonly Account[], sort: SortBy, now: number): readonly Account[] {
  if (sort === 'order') return accounts;
  const groups = new Map<string | null, number>();
  for (const { groupName } of accounts) if (!groups.has(groupName)) groups.set(groupName, groups.size);
  const keyOf = keys[sort];
  const keyed = accounts.map((account) => ({ account, group: groups.get(account.groupName) ?? 0, key: keyOf(account, now) }));
  keyed.sort((a, b) => a.group - b.group || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ account }) => account);
}

const keys: Readonly<Record<Exclude<SortBy, 'order'>, (account: Account, now: number) => number | string>> = {
  // The fullest first; then those nobody knows of, then those that cannot work.
  left: (account, now) => (isServing(account) ? -(leastLeft(account, now) ?? -1) : 2),
  reset: ({ windows, availableAt }, now) => {
    let next = availableAt !== null && availableAt * 1000 > now ? availableAt : Infinity;
    for (const window of windows) if (isOwn(window) && window.resetsAt !== null && window.resetsAt * 1000 > now) next = Math.min(next, window.resetsAt);
    return next;
  },
  // Numbers in a name by their size, not digit by digit.
  name: ({ label }) => label.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, '0')),
};

/** Keeps accounts sorted, and still: they move when another order is wished for, or after a while; new ones come last until then. */
export class SteadyOrder {
  #ids: readonly AccountId[] = [];
  #sort: SortBy = 'order';
  #at = -Infinity;

  /** The accounts in the order to show them in. `now` in Unix ms. */
  apply(accounts: readonly Account[], sort: SortBy, now: number): readonly Account[] {
    if (sort === this.#sort && sort !== 'order' && now - this.#at < restMs) return this.#asBefore(accounts);
    const sorted = sortAccounts(accounts, sort, now);
    [this.#sort, this.#at] = [sort, now];
    this.#ids = sort === 'order' ? [] : sorted.map(({ id }) => id);
    return sorted;
  }

  #asBefore(accounts: readonly Account[]): readonly Account[] {
    const rest = new Map(accounts.map((account) => [account.id, account]));
    const placed: Account[] = [];
    for (const id of this.#ids) {
      const account = rest.get(id);
      if (!account) continue;
      placed.push(account);
      rest.delete(id);
    }
    return [...placed, ...rest.values()];
  }
}
