import type { Account, AccountId } from '../../contract/account.ts';
import { isServing, tightestOf } from '../../core/display/accountState.ts';
import type { WantedNotices } from '../settings.ts';

/** Something that happened to an account. `key` is the same for every window that hears of it, and another when it happens again. */
export interface Notice {
  readonly kind: keyof WantedNotices;
  readonly key: string;
  readonly account: Account;
}

/** What a person wants to be told between two states of the pool: at most one thing of an account. `now` in Unix ms. */
export function noticesOf(previous: readonly Account[] | null, next: readonly Account[] | null, wanted: WantedNotices, now: number): readonly Notice[] {
  if (!previous || !next || previous === next || !Object.values(wanted).includes(true)) return [];
  const before = new Map<AccountId, Account>(previous.map((account) => [account.id, account]));
  return next.flatMap((account) => {
    const old = before.get(account.id);
    const notice = old && old !== account ? noticeOf(old, account, now) : null;
    return notice && wanted[notice.kind] ? [notice] : [];
  });
}

/** Who was not known before is no news: the person has just brought that account in. */
function noticeOf(old: Account, account: Account, now: number): Notice | null {
  const told = (kind: Notice['kind'], ...parts: readonly (string | number)[]): Notice => ({ kind, account, key: [kind, account.id, ...parts].join(':') });
  if (old.status === account.status) return null;
  switch (account.status) {
    case 'needsLogin': return told('signIn', account.lastRefresh ?? 0, account.tokenExpiresAt ?? 0);
    case 'exhausted': return old.status === 'ready' || old.status === 'low' ? told('exhausted', ...periodOf(account, now)) : null;
    case 'low': return old.status === 'ready' ? told('low', ...periodOf(account, now)) : old.status === 'exhausted' ? told('back', old.availableAt ?? 0) : null;
    default: return old.status === 'exhausted' && isServing(account) ? told('back', old.availableAt ?? 0) : null;
  }
}

/** The window that ran out and when this period of it ends, to the minute: two answers may differ by a second. */
function periodOf(account: Account, now: number): readonly (string | number)[] {
  const window = tightestOf(account, now)?.window;
  return [window?.name ?? '', Math.round((window?.resetsAt ?? account.availableAt ?? 0) / 60)];
}
