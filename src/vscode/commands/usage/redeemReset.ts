import * as vscode from 'vscode';
import type { Account } from '../../../contract/account.ts';
import type { ResetCredit } from '../../../contract/usage.ts';
import { AppError } from '../../../core/appError.ts';
import { isOwn, leftOf } from '../../../core/display/accountState.ts';
import { percentText, type Reader } from '../../../core/display/format.ts';
import { nameOf } from '../../../core/display/windowText.ts';
import type { Mirror } from '../../mirror.ts';
import { confirm, tell } from '../../notify.ts';
import { expiryText, outcomeText } from './usageText.ts';

/** Spends a reset of an account, after the person has seen what that means. */
export async function redeemReset(mirror: Mirror, account: Account): Promise<void> {
  const reader = { now: Date.now(), locale: vscode.env.language };
  const { items } = await mirror.call('account/resetCredits/list', { accountId: account.id });
  const usable = items.filter(({ status }) => status === 'available');
  if (usable.length === 0) throw new AppError('notFound', `${account.label} has no reset to redeem: those it had were used or have expired.`);
  const credit = await chooseCredit(account, usable, reader);
  if (!credit || !(await agrees(account, credit, usable.length, reader))) return;
  const { outcome } = await mirror.call('account/resetCredits/redeem', { accountId: account.id, creditId: credit.id });
  const { message, severity } = outcomeText(account.label, outcome);
  void tell(severity, message);
}

/** The only one, or the one a person picks; the one that expires first is the first. */
async function chooseCredit({ label }: Account, credits: readonly ResetCredit[], reader: Reader): Promise<ResetCredit | undefined> {
  const sorted = credits.toSorted((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  if (sorted.length === 1) return sorted[0];
  const items = sorted.map((credit, i) => ({ label: `$(debug-restart) Reset ${i + 1}`, description: expiryText(credit.expiresAt, reader), credit }));
  const picked = await vscode.window.showQuickPick(items, { title: `Redeem which reset of ${label}?`, placeHolder: 'You are asked once more before it is used up' });
  return picked?.credit;
}

function agrees(account: Account, { expiresAt }: ResetCredit, count: number, reader: Reader): Promise<boolean> {
  const windows = account.windows.filter(isOwn).map((window) => `${nameOf(window)}: ${percentText(leftOf(window, reader.now))} left now`);
  const uses = count === 1 ? 'Its only reset is used up.' : `One of its ${count} resets is used up.`;
  return confirm(`Reset the windows of ${account.label} now?`, [...windows, '', `What is spent of them is given back at once. ${uses} This cannot be undone. The reset ${expiryText(expiresAt, reader)}.`].join('\n'), 'Redeem Reset');
}
