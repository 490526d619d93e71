import type { Account } from '../../contract/account.ts';
import type { PoolDigest } from '../../contract/panel.ts';
import { isNeeding, isServing, poolFigures } from '../../core/display/accountState.ts';

/** A page lists so many accounts. */
export const mostListed = 200;

/** What a page shows of the pool: figures of all accounts, and those that a person wants to see first, in the pool's order: who waits for them, then the first ones. */
export function poolDigest(accounts: readonly Account[], now: number): PoolDigest {
  const listed = new Set(accounts.length <= mostListed ? accounts : []);
  for (const fits of [isNeeding, () => true]) {
    for (const account of accounts) {
      if (listed.size >= mostListed) break;
      if (fits(account)) listed.add(account);
    }
  }
  return { ...poolFigures(accounts, now), next: accounts.find(isServing) ?? null, accounts: accounts.filter((account) => listed.has(account)) };
}
