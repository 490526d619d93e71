import * as vscode from 'vscode';
import type { Account, AccountStatus } from '../../../contract/account.ts';
import { AppError } from '../../../core/appError.ts';
import { lookOf } from '../../../core/display/accountState.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { confirm, tell } from '../../notify.ts';
import { accountChoice, chosen, idsOf, nameThem } from '../chosen.ts';
import type { Run } from '../register.ts';

/** The ways accounts leave the pool. Each asks once, in the words of what will happen. */
export function removeCommands(mirror: Mirror) {
  return {
    [commands.deleteAccount]: async (rows) => remove(mirror, await chosen(mirror, rows, { title: 'Delete which accounts?' })),
    [commands.deleteByState]: async () => {
      const states = new Set(await chooseStates(mirror.snapshot.accounts ?? []));
      await review(mirror, (account) => states.has(account.status), 'Delete Accounts by State');
    },
    [commands.cleanUp]: async () => {
      if (!(mirror.snapshot.accounts ?? []).some(isUnusable)) {
        void tell('info', 'Nothing to clean up: no account needs to sign in again, and none is blocked.');
        return;
      }
      await review(mirror, isUnusable, 'Clean Up Unusable Accounts');
    },
  } satisfies Record<string, Run>;
}

/** Only its owner can bring it back. */
function isUnusable({ status }: Account): boolean {
  return status === 'needsLogin' || status === 'blocked';
}

async function chooseStates(accounts: readonly Account[]): Promise<readonly AccountStatus[]> {
  if (accounts.length === 0) throw new AppError('notFound', 'There are no accounts yet. Add one first.');
  const counts = new Map<AccountStatus, number>();
  for (const { status } of accounts) counts.set(status, (counts.get(status) ?? 0) + 1);
  const items = [...counts].map(([status, count]) => ({ label: `$(${lookOf(status).icon}) ${lookOf(status).word}`, description: nameCount(count), status }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Delete Accounts by State', canPickMany: true, placeHolder: 'Accounts in which states? The accounts are shown before anything is deleted.' });
  return (picked ?? []).map(({ status }) => status);
}

/** Shows them all marked; what is unmarked is kept. */
async function review(mirror: Mirror, fits: (account: Account) => boolean, title: string): Promise<void> {
  const items = (mirror.snapshot.accounts ?? []).filter(fits).map((account) => ({ ...accountChoice(account), picked: true }));
  if (items.length === 0) return;
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true, ignoreFocusOut: true, placeHolder: 'The marked accounts are deleted; unmark what you want to keep' });
  await remove(mirror, (picked ?? []).map(({ account }) => account));
}

async function remove(mirror: Mirror, accounts: readonly Account[]): Promise<void> {
  if (accounts.length === 0) return;
  const detail = accounts.length === 1 ? 'Its login is removed from this computer.' : 'Their logins are removed from this computer.';
  if (!(await confirm(`Delete ${accounts.length === 1 ? 'the account ' : ''}${nameThem(accounts)}?`, `${detail} Requests in the log stay.`, 'Delete'))) return;
  await mirror.call('account/deleteMany', { accountIds: idsOf(accounts) });
}

function nameCount(count: number): string {
  return count === 1 ? '1 account' : `${count.toLocaleString('en')} accounts`;
}
