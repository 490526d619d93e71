import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from '../core/records.ts';
import type { AccountPatch } from './accountPool.ts';

/**
 * The changes that put `moved`, in this order, before another account (`before` null: at the end) and, when `groupName` is given, into a group. `sort`
 * becomes 0, 1, 2 … over the whole list; only accounts that change are in the answer. Unknown ids are left out.
 */
export function arrange(accounts: readonly StoredAccount[], moved: readonly AccountId[], before: AccountId | null, groupName: string | null | undefined): Map<AccountId, AccountPatch> {
  const ids = new Set(moved);
  const known = new Map(accounts.map((stored) => [stored.account.id, stored]));
  const chosen = [...ids].flatMap((id) => known.get(id) ?? []);
  const rest = accounts.filter(({ account }) => !ids.has(account.id));
  const place = before === null ? -1 : rest.findIndex(({ account }) => account.id === followerOf(accounts, before, ids));
  const ordered = place < 0 ? [...rest, ...chosen] : [...rest.slice(0, place), ...chosen, ...rest.slice(place)];
  const patches = new Map<AccountId, AccountPatch>();
  for (const [sort, { account }] of ordered.entries()) {
    const regrouped = groupName !== undefined && ids.has(account.id) && account.groupName !== groupName;
    if (account.sort !== sort || regrouped) patches.set(account.id, { sort, ...(regrouped && { groupName }) });
  }
  return patches;
}

/** An account that is moved itself cannot be the place: the next one that stays is. */
function followerOf(accounts: readonly StoredAccount[], before: AccountId, moved: ReadonlySet<AccountId>): AccountId | undefined {
  const from = accounts.findIndex(({ account }) => account.id === before);
  return from < 0 ? undefined : accounts.slice(from).find(({ account }) => !moved.has(account.id))?.account.id;
}
