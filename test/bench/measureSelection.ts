import { AccountId } from '../../src/contract/account.ts';
import { freshState, type StoredAccount } from '../../src/core/records.ts';
import { selectAccount } from '../../src/core/selectAccount.ts';
import { median } from './figures.ts';
import type { Report } from './report.ts';

const count = 10_000;
const now = 1_800_000_000_000;

/** Choosing among ten thousand accounts: the common case, and the worst, where only the last of them can serve. */
export function measureSelection(report: Report): void {
  const common = microsOf(accounts(0));
  const worst = microsOf(accounts(count - 1));
  report.add({ name: 'selection among 10,000 accounts', value: worst, unit: 'µs', digits: 1, budget: { atMost: 50 }, note: `only the last of them can serve; ${common.toFixed(2)} µs when the first can` });
}

/** Everybody before `firstEligible` has spent a window. */
function accounts(firstEligible: number): StoredAccount[] {
  return Array.from({ length: count }, (_, i) => ({
    account: { id: AccountId.parse(`acc_${i}`), subject: `s${i}`, chatgptAccountId: null, email: null, plan: null, label: `a${i}`, groupName: null, sort: i, enabled: true, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false },
    tokens: { idToken: null, accessToken: 'a', refreshToken: null, apiKey: null, accessExpiresAt: null, lastRefresh: 0, replacedHash: null },
    state: { ...freshState, exhaustedUntil: i < firstEligible ? now + 1_000 : 0 },
  }));
}

function microsOf(pool: readonly StoredAccount[]): number {
  const times: number[] = [];
  for (let i = 0; i < 2_000; i += 1) {
    const startedAt = performance.now();
    const chosen = selectAccount(pool, { model: 'gpt-5.5', now, tried: new Set() });
    times.push((performance.now() - startedAt) * 1_000);
    if (chosen === null) throw new Error('Nobody was chosen, though one account can serve.');
  }
  return median(times);
}
