import { RouteStrategy } from '../../src/contract/route.ts';
import { chooseAccount } from '../../src/core/routing/chooseAccount.ts';
import { LiveRoster, type Roster } from '../../src/core/routing/roster.ts';
import type { StoredAccount } from '../../src/core/records.ts';
import { manyAccount } from '../lab/manyAccounts.ts';
import { median } from './figures.ts';
import type { Report } from './report.ts';

const count = 10_000;
const now = 1_800_000_000_000;

/** Choosing among ten thousand accounts under each strategy: when all can serve, and the worst case, where only the last of them can. */
export function measureSelection(report: Report): void {
  const [all, last] = [new LiveRoster(accounts(0)), new LiveRoster(accounts(count - 1))];
  for (const strategy of RouteStrategy.options) {
    const [common, worst] = [microsOf(all, strategy), microsOf(last, strategy)];
    report.add({ name: `selection among 10,000 accounts, ${strategy}`, value: Math.max(common, worst), unit: 'µs', digits: 1, budget: { atMost: 50 }, note: `${common.toFixed(1)} µs when all can serve, ${worst.toFixed(1)} µs when only the last can` });
  }
}

/** Everybody before `firstEligible` has spent a window. */
function accounts(firstEligible: number): StoredAccount[] {
  return Array.from({ length: count }, (_, i) => manyAccount(i, {}, { exhaustedUntil: i < firstEligible ? now + 1_000 : 0 }));
}

function microsOf(pool: Roster, strategy: RouteStrategy): number {
  const times: number[] = [];
  for (let turn = 0; turn < 2_000; turn += 1) {
    const startedAt = performance.now();
    const chosen = chooseAccount(pool, { strategy, model: 'gpt-5.5', groups: null, plans: null, now, tried: new Set(), turn, healthWindow: 3, health: () => 100, running: () => 0, mostRunning: 0, random: Math.random });
    times.push((performance.now() - startedAt) * 1_000);
    if (chosen === null) throw new Error('Nobody was chosen, though one account can serve.');
  }
  return median(times);
}
