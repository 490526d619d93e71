import * as vscode from 'vscode';
import type { Account, AccountId } from '../../contract/account.ts';
import { AppError } from '../../core/appError.ts';
import { lookOfAccount } from '../../core/display/accountState.ts';
import type { Mirror } from '../mirror.ts';
import { accountIdsOf, type RowModel } from '../views/rowModel.ts';

export interface Ask {
  readonly title: string;
  /** Which accounts this can be done to; all when left out. */
  readonly fits?: (account: Account) => boolean;
  /** Whether all are marked when the list opens. */
  readonly all?: boolean;
}

/** The fitting accounts of the rows a command was called on (a group stands for all of its own), else those a person picks. Empty when nothing was picked. */
export async function chosen(mirror: Mirror, rows: readonly RowModel[], { title, fits = () => true, all = false }: Ask): Promise<readonly Account[]> {
  const ids = accountIdsOf(rows);
  if (rows.length > 0) return (mirror.snapshot.accounts ?? []).filter((account) => ids.has(account.id) && fits(account));
  const items = choices(mirror, fits).map((item) => ({ ...item, picked: all }));
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true, placeHolder: 'Type to search', matchOnDescription: true });
  return (picked ?? []).map(({ account }) => account);
}

/** The account of the row a command was called on, else the one a person picks; null when none was. */
export async function chosenOne(mirror: Mirror, rows: readonly RowModel[], { title, fits = () => true }: Ask): Promise<Account | null> {
  const [row] = rows;
  if (row) return (mirror.snapshot.accounts ?? []).find(({ id }) => id === row.id) ?? null;
  const picked = await vscode.window.showQuickPick(choices(mirror, fits), { title, placeHolder: 'Type to search', matchOnDescription: true });
  return picked?.account ?? null;
}

export interface AccountChoice extends vscode.QuickPickItem { readonly account: Account }

/** An account as a line of a list: its state, name, group and plan. */
export function accountChoice(account: Account): AccountChoice {
  const { icon, word } = lookOfAccount(account);
  const told = [word, account.groupName, account.plan].filter((part) => part !== null).join(' · ');
  return { label: `$(${icon}) ${account.label}`, description: told, account };
}

/** `3 accounts`, or the name of the only one. */
export function nameThem(accounts: readonly Pick<Account, 'label'>[]): string {
  const [first] = accounts;
  return first && accounts.length === 1 ? first.label : `${accounts.length.toLocaleString('en')} accounts`;
}

export function idsOf(accounts: readonly Account[]): AccountId[] {
  return accounts.map(({ id }) => id);
}

function choices(mirror: Mirror, fits: (account: Account) => boolean): AccountChoice[] {
  const accounts = mirror.snapshot.accounts ?? [];
  const fitting = accounts.filter(fits);
  if (fitting.length === 0) throw new AppError('notFound', accounts.length === 0 ? 'There are no accounts yet. Add one first.' : 'There is no account this could be done to.');
  return fitting.map(accountChoice);
}
