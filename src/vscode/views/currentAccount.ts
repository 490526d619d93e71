import type { Account } from '../../contract/account.ts';
import { isServing, leastLeft } from '../../core/display/accountState.ts';
import type { Snapshot } from '../mirror.ts';

/** The account that requests go to: the newest request's while it can serve, else the one that would be asked next; null when nobody can. */
export function currentAccount({ accounts, recent, usage }: Snapshot): Account | null {
  const list = accounts ?? [];
  const newest = recent.find(({ accountId }) => accountId !== null)?.accountId;
  for (const id of [newest, usage?.next?.accountId]) {
    const account = id === undefined ? undefined : list.find((one) => one.id === id);
    if (account && isServing(account)) return account;
  }
  return list.find(isServing) ?? null;
}

/** The serving account with the least left; null when nothing is known of any. `now` in Unix ms. */
export function tightestAccount(accounts: readonly Account[], now: number): Account | null {
  let [tightest, least] = [null as Account | null, Infinity];
  for (const account of accounts) {
    const left = isServing(account) ? leastLeft(account, now) : null;
    if (left !== null && left < least) [tightest, least] = [account, left];
  }
  return tightest;
}

/** The accounts to show where there is room for `count`: serving ones, the tightest first, then those that come back, the soonest first, then the rest. */
export function firstAccounts(accounts: readonly Account[], count: number, now: number): readonly Account[] {
  const first: { readonly account: Account; readonly rank: number }[] = [];
  for (const account of accounts) {
    const rank = rankOf(account, now);
    if (first.length === count && rank >= (first.at(-1)?.rank ?? 0)) continue;
    const at = first.findIndex((other) => other.rank > rank);
    first.splice(at < 0 ? first.length : at, 0, { account, rank });
    if (first.length > count) first.pop();
  }
  return first.map(({ account }) => account);
}

const comingBack = 1_000;
const waiting = 1e12;

function rankOf(account: Account, now: number): number {
  if (isServing(account)) return leastLeft(account, now) ?? 101;
  if (account.status === 'disabled') return 2 * waiting;
  return account.availableAt === null ? waiting : comingBack + account.availableAt;
}
