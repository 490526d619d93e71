import * as vscode from 'vscode';
import type { Account } from '../../contract/account.ts';
import type { Disposable } from '../../core/scope.ts';
import { commands, settings, views } from '../ids.ts';
import type { Mirror } from '../mirror.ts';
import { tell } from '../notify.ts';
import { readNotices } from '../settings.ts';
import { noticesOf, type Notice } from './noticesOf.ts';
import { NoticeTeller } from './noticeTeller.ts';
import { noticesText, noticeText } from './noticeText.ts';

/** Tells a person what happens to accounts, as far as they want to be told. */
export function registerNotices(mirror: Mirror): Disposable {
  const teller = new NoticeTeller({
    isFocused: () => vscode.window.state.focused,
    claim: async (keys) => (await mirror.call('notice/claim', { keys })).granted,
    tellOne: (notice) => void tellOne(mirror, notice),
    tellMany: (notices) => void tellMany(notices),
  });
  let previous: readonly Account[] | null = null;
  const subscription = mirror.onChange(({ accounts }) => {
    if (accounts === previous) return;
    teller.hear(noticesOf(previous, accounts, readNotices(vscode.workspace.getConfiguration(settings.section)), Date.now()));
    previous = accounts;
  });
  return {
    dispose: () => {
      void subscription.dispose();
      teller.dispose();
    },
  };
}

const showAccounts = 'Show Accounts';

async function tellOne(mirror: Mirror, notice: Notice): Promise<void> {
  const { message, severity } = noticeText(notice, mirror.snapshot.usage, { now: Date.now(), locale: vscode.env.language });
  if (notice.kind !== 'signIn') return offerAccounts(severity, message);
  if ((await tell(severity, message, 'Sign In Again')) !== undefined) await vscode.commands.executeCommand(commands.signInAgain, { id: notice.account.id, label: notice.account.label });
}

function tellMany(notices: readonly Notice[]): Promise<void> {
  const { message, severity } = noticesText(notices);
  return offerAccounts(severity, message);
}

async function offerAccounts(severity: 'info' | 'warning', message: string): Promise<void> {
  if ((await tell(severity, message, showAccounts)) !== undefined) await vscode.commands.executeCommand(`${views.accounts}.focus`);
}
