import * as vscode from 'vscode';
import type { Account } from '../../contract/account.ts';
import type { Reader } from '../../core/display/format.ts';
import type { Disposable } from '../../core/scope.ts';
import { commands, settings, views } from '../ids.ts';
import type { Mirror } from '../mirror.ts';
import { tell } from '../notify.ts';
import { readKeyBudgetNotice, readNotices } from '../settings.ts';
import type { PlatformKey } from '../../contract/platformKey.ts';
import { keyNoticesOf, keyNoticesText, keyNoticeText, type KeyNotice } from './keyNotices.ts';
import { noticesOf, type Notice } from './noticesOf.ts';
import { NoticeTeller } from './noticeTeller.ts';
import { noticesText, noticeText, type NoticeText } from './noticeText.ts';

/** Tells a person what happens to accounts and budgets of keys, as far as they want to be told. */
export function registerNotices(mirror: Mirror): Disposable {
  const once = { isFocused: () => vscode.window.state.focused, claim: async (keys: string[]) => (await mirror.call('notice/claim', { keys })).granted };
  const teller = new NoticeTeller<Notice>({ ...once, tellOne: (notice) => void tellOne(mirror, notice), tellMany: (notices) => void tellMany(notices) });
  const keyTeller = new NoticeTeller<KeyNotice>({ ...once, tellOne: (notice) => void offerKeys(keyNoticeText(notice, readerNow())), tellMany: (notices) => void offerKeys(keyNoticesText(notices)) });
  let previous: readonly Account[] | null = null;
  let previousKeys: readonly PlatformKey[] | null = null;
  const subscription = mirror.onChange(({ accounts, keys }) => {
    const configuration = vscode.workspace.getConfiguration(settings.section);
    if (accounts !== previous) teller.hear(noticesOf(previous, accounts, readNotices(configuration), Date.now()));
    if (keys !== previousKeys && readKeyBudgetNotice(configuration)) keyTeller.hear(keyNoticesOf(previousKeys, keys));
    [previous, previousKeys] = [accounts, keys];
  });
  return {
    dispose: () => {
      void subscription.dispose();
      teller.dispose();
      keyTeller.dispose();
    },
  };
}

function readerNow(): Reader {
  return { now: Date.now(), locale: vscode.env.language };
}

async function offerKeys({ severity, message }: NoticeText): Promise<void> {
  if ((await tell(severity, message, 'Show Platform Keys')) !== undefined) await vscode.commands.executeCommand(`${views.keys}.focus`);
}

const showAccounts = 'Show Accounts';

async function tellOne(mirror: Mirror, notice: Notice): Promise<void> {
  const { message, severity } = noticeText(notice, mirror.snapshot.usage, readerNow());
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
