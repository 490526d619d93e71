import { AccountId, type Account } from '../../src/contract/account.ts';
import { accountView } from '../../src/core/accountStatus.ts';
import { freshState, type AccountRecord, type AccountState, type StoredAccount } from '../../src/core/records.ts';

const at = 1_800_000_000;

/** The i-th of many accounts, as large as real ones show themselves: two windows, claims, tags. Times in the year 2027. */
export function manyAccount(i: number, account: Partial<AccountRecord> = {}, state: Partial<AccountState> = {}): StoredAccount {
  return {
    account: {
      id: AccountId.parse(`acc_${i.toString(16).padStart(16, '0')}`), subject: `auth0|many-${i}`, chatgptAccountId: `0f0f0f0f-0000-4000-8000-${String(i).padStart(12, '0')}`, email: `person-${i}@example.com`, plan: 'plus',
      label: `person-${i}@example.com`, groupName: 'IMPORT', sort: i, enabled: true, createdAt: at, updatedAt: at, tags: ['one', 'two'], note: null, workspaceName: 'Workspace', workspaceRole: 'owner', codexShared: false, reservePercent: 0, proxyUrl: null, ...account,
    },
    tokens: { idToken: null, accessToken: `access-${i}`, refreshToken: `refresh-${i}`, apiKey: null, accessExpiresAt: at + 864_000, lastRefresh: at, replacedHash: null },
    state: {
      ...freshState, windows: [{ name: 'primary', minutes: 300, usedPercent: 38, resetsAt: at + 7_800, scope: 'account' }, { name: 'secondary', minutes: 10_080, usedPercent: 19, resetsAt: at + 300_000, scope: 'account' }], ...state,
    },
  };
}

export function manyAccounts(count: number): StoredAccount[] {
  return Array.from({ length: count }, (_, i) => manyAccount(i));
}

/** The same as windows hear it. */
export function manyViews(count: number, over: Partial<Account> = {}): Account[] {
  return manyAccounts(count).map((stored) => ({ ...accountView(stored, at * 1_000), ...over }));
}
