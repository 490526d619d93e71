import * as z from 'zod/mini';
import type { Account, AccountId } from '../../contract/account.ts';
import type { Params } from '../../contract/rpc.ts';

const DropRow = z.object({ id: z.string(), accountIds: z.array(z.string()), isGroup: z.boolean() });
/** A row that is dragged, or dropped on, by the accounts it is or stands for. */
export type DropRow = z.infer<typeof DropRow>;

/**
 * The rows that were dropped. Of rows that were drawn anew while they were dragged VS Code hands over nothing, or its own names of them: then they are
 * those that were `dragged` last.
 */
export function readRows(text: string, dragged: readonly DropRow[]): readonly DropRow[] {
  try {
    return z.array(DropRow).safeParse(JSON.parse(text)).data ?? dragged;
  } catch {
    return dragged;
  }
}

/**
 * What a drop of rows of the tree means. Accounts dropped on a group go to its end; dropped on an account they take its place and its group: before it,
 * or behind it when they all came from above, so that every place can be reached. A group that is dropped takes its place among the groups, without a
 * change of anybody's group. On no row: to the end. Null when nothing would move.
 */
export function arrangeOf(dragged: readonly DropRow[], target: DropRow | null, accounts: readonly Account[]): Params<'account/arrange'> | null {
  const moved = new Set(dragged.flatMap((row) => (row.isGroup ? membersOfGroup(row, accounts) : row.accountIds)));
  const accountIds = accounts.filter(({ id }) => moved.has(id)).map(({ id }) => id);
  if (accountIds.length === 0) return null;
  const whole = dragged.every(({ isGroup }) => isGroup);
  if (!target) return { accountIds, before: null };
  const there = new Set(whole || target.isGroup ? membersOfGroup(target, accounts) : target.accountIds);
  const members = accounts.filter(({ id }) => there.has(id));
  const [first] = members;
  if (!first || members.every(({ id }) => moved.has(id))) return null;
  const behind = (target.isGroup && !whole) || accounts.findLastIndex(({ id }) => moved.has(id)) < accounts.indexOf(first);
  return { accountIds, before: behind ? nextOf(accounts, members, moved) : first.id, ...(!whole && { groupName: first.groupName }) };
}

/** All of a group, also those that a filter hides; a group that is dropped on an account of another group means that group. */
function membersOfGroup({ accountIds }: DropRow, accounts: readonly Account[]): readonly string[] {
  const group = accounts.find(({ id }) => accountIds.includes(id))?.groupName;
  return accounts.filter(({ groupName }) => groupName === group).map(({ id }) => id);
}

/** The account that follows the last of these, and stays where it is; null when there is none. */
function nextOf(accounts: readonly Account[], members: readonly Account[], moved: ReadonlySet<string>): AccountId | null {
  const last = accounts.findLastIndex((account) => members.includes(account));
  return accounts.slice(last + 1).find(({ id }) => !moved.has(id))?.id ?? null;
}
