import type { PoolUsage } from '../../contract/usage.ts';
import { tightestOf } from '../../core/display/accountState.ts';
import { numberText, percentText, timeText, type Reader } from '../../core/display/format.ts';
import { stateReasonText } from '../../core/display/reasons.ts';
import { nameOf, resetText } from '../../core/display/windowText.ts';
import type { Notice } from './noticesOf.ts';

export interface NoticeText { readonly message: string; readonly severity: 'info' | 'warning' }

/** One notice in a sentence, with what follows from it. */
export function noticeText({ kind, account }: Notice, usage: PoolUsage | null, reader: Reader): NoticeText {
  const { label } = account;
  switch (kind) {
    case 'low': return { message: `${label} is low: ${leftText(account, reader)}.`, severity: 'info' };
    case 'exhausted': return { message: `${label} is spent${account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`}. ${goesOn(usage, account.id)}`, severity: 'warning' };
    case 'back': return { message: `${label} is back: ${leftText(account, reader)}.`, severity: 'info' };
    case 'signIn': return { message: `${label} needs you to sign in again${account.statusReason === null ? '' : `: ${stateReasonText(account.statusReason)}`}.`, severity: 'warning' };
  }
}

const words: Readonly<Record<Notice['kind'], (count: number) => string>> = {
  signIn: (count) => `${numberText(count)} need${count === 1 ? 's' : ''} you to sign in again`,
  exhausted: (count) => `${numberText(count)} ${count === 1 ? 'is' : 'are'} spent`,
  low: (count) => `${numberText(count)} ${count === 1 ? 'is' : 'are'} low`,
  back: (count) => `${numberText(count)} ${count === 1 ? 'is' : 'are'} back`,
};

/** Many at once in one sentence: `7 accounts: 4 are spent, 3 need you to sign in again.` */
export function noticesText(notices: readonly Notice[]): NoticeText {
  const counts = Map.groupBy(notices, ({ kind }) => kind);
  const parts = (Object.keys(words) as Notice['kind'][]).flatMap((kind) => {
    const count = counts.get(kind)?.length ?? 0;
    return count === 0 ? [] : [words[kind](count)];
  });
  return { message: `${numberText(notices.length)} accounts: ${parts.join(', ')}.`, severity: counts.has('signIn') || counts.has('exhausted') ? 'warning' : 'info' };
}

function leftText(account: Notice['account'], reader: Reader): string {
  const tightest = tightestOf(account, reader.now);
  if (!tightest) return 'it can work again';
  return [`${percentText(tightest.left)} of its ${nameOf(tightest.window).toLowerCase()} left`, resetText(tightest.window, reader)].filter((part) => part !== '').join(', ');
}

/** The totals may be from before it was spent. */
function goesOn(usage: PoolUsage | null, spent: string): string {
  const next = usage?.next;
  if (!next || next.accountId === spent) return usage && usage.ready === 0 ? 'No other account is ready.' : 'Requests go on with the next account.';
  return `Requests go on with ${next.label}.`;
}
