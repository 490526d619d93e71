import * as vscode from 'vscode';
import type { Account } from '../../../contract/account.ts';
import { AppError } from '../../../core/appError.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel, withoutLinks } from '../../notify.ts';
import { showText } from '../../shownTexts.ts';
import { chosen, chosenOne, idsOf, nameThem } from '../chosen.ts';
import { signIn } from '../login/signIn.ts';
import type { Run } from '../register.ts';

/** Pausing, enabling, renewing. */
export function careCommands(mirror: Mirror) {
  const setEnabled = (enabled: boolean): Run => async (rows) => {
    const accounts = await chosen(mirror, rows, { title: enabled ? 'Enable which accounts?' : 'Pause which accounts?', fits: (account) => account.enabled !== enabled });
    if (accounts.length > 0) await mirror.call('account/updateMany', { accountIds: idsOf(accounts), enabled });
  };
  return {
    [commands.enableAccount]: setEnabled(true),
    [commands.disableAccount]: setEnabled(false),
    [commands.refreshLogin]: async (rows) => refreshLogins(mirror, await chosen(mirror, rows, { title: 'Refresh which logins?', fits: ({ kind }) => kind === 'login' })),
    [commands.copyAccountId]: async (rows) => {
      const account = await chosenOne(mirror, rows, { title: 'Copy the id of which account?' });
      if (!account) return;
      const id = account.chatgptAccountId ?? account.id;
      await vscode.env.clipboard.writeText(id);
      vscode.window.setStatusBarMessage(`$(check) ${id} copied`, 4_000);
    },
  } satisfies Record<string, Run>;
}

interface Failed { readonly account: Account; readonly message: string }

async function refreshLogins(mirror: Mirror, accounts: readonly Account[]): Promise<void> {
  if (accounts.length === 0) return;
  const failed: Failed[] = [];
  const done = await withCancel('Refreshing logins', async (report, signal) => {
    let at = 0;
    for (; at < accounts.length && !signal.aborted; at += 1) {
      const account = accounts[at];
      if (!account) break;
      report(accounts.length === 1 ? withoutLinks(account.label) : `${at + 1} of ${accounts.length}${failed.length > 0 ? ` · ${failed.length} failed` : ''}`);
      await mirror.call('account/tokens/refresh', { accountId: account.id }).catch((thrown: unknown) => failed.push({ account, message: AppError.from(thrown).message }));
    }
    return at;
  });
  await tellRefreshed(mirror, accounts.slice(0, done), failed);
}

async function tellRefreshed(mirror: Mirror, accounts: readonly Account[], failed: readonly Failed[]): Promise<void> {
  const [first] = failed;
  if (!first) return void tell('info', `Login of ${nameThem(accounts)} refreshed.`);
  if (accounts.length === 1) {
    if ((await tell('error', first.message, 'Sign In Again')) !== undefined) await signIn(mirror, 'browser', first.account);
  } else if ((await tell('warning', `Logins refreshed: ${accounts.length - failed.length} of ${accounts.length}, ${failed.length} failed.`, 'Show Reasons')) !== undefined) {
    await showText('Refresh of Logins', failed.map(({ account, message }) => `${account.label}: ${message}`).join('\n'));
  }
}
