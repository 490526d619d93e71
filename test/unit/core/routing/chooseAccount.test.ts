import assert from 'node:assert/strict';
import type { AccountId, UsageWindow } from '../../../../src/contract/account.ts';
import { RouteStrategy } from '../../../../src/contract/route.ts';
import { chooseAccount, leftOf, type Choice } from '../../../../src/core/routing/chooseAccount.ts';
import { LiveRoster } from '../../../../src/core/routing/roster.ts';
import { Health } from '../../../../src/core/routing/health.ts';
import type { AccountState, StoredAccount } from '../../../../src/core/records.ts';
import { manyAccount } from '../../../lab/manyAccounts.ts';
import { seeded } from '../../storage/harness.ts';

const now = 1_800_000_000_000;
const window = (usedPercent: number, resetsIn: number | null, scope: UsageWindow['scope'] = 'account'): UsageWindow => ({ name: `${usedPercent}`, minutes: 300, usedPercent, resetsAt: resetsIn === null ? null : now / 1000 + resetsIn, scope });
const account = (i: number, state: Partial<AccountState> = {}): StoredAccount => manyAccount(i, {}, { windows: [], ...state });
const idOf = (i: number): AccountId => manyAccount(i).account.id;

function choice(over: Partial<Choice> = {}): Choice {
  return { strategy: 'ordered', model: 'm', groups: null, plans: null, now, tried: new Set(), turn: 0, healthWindow: 3, health: () => 100, running: () => 0, mostRunning: 0, random: () => 0, ...over };
}
const chosen = (accounts: readonly StoredAccount[], over: Partial<Choice> = {}): string | undefined => chooseAccount(new LiveRoster(accounts), choice(over))?.account.id;

describe('chooseAccount', () => {
  const pool = [0, 1, 2, 3, 4].map((i) => account(i));

  it('keeps the order of the list while all are healthy', () => {
    assert.equal(chosen(pool), idOf(0));
    assert.equal(chosen([account(0, { coolUntil: now + 1 }), account(1), account(2)]), idOf(1));
    assert.equal(chosen(pool, { tried: new Set([idOf(0), idOf(1)]) }), idOf(2));
    assert.equal(chosen([account(0, { blocked: 'x' })]), undefined);
    assert.equal(chosen([]), undefined);
  });

  it('goes round in turn, and passes over nobody because of those who cannot', () => {
    const [a, b, c] = [account(0), account(1, { needsLogin: 'x' }), account(2)];
    const turns = Array.from({ length: 6 }, (_, turn) => chosen([a, b, c], { strategy: 'balanced', turn }));
    assert.deepEqual(turns, [0, 2, 0, 2, 0, 2].map(idOf));
  });

  it('balances fifty that run at the same time', () => {
    for (const strategy of ['balanced', 'headroom'] as const) {
      const running = new Map<string, number>();
      const random = seeded(7);
      for (let turn = 0; turn < 50; turn += 1) {
        const id = chosen(pool, { strategy, turn, random, running: (one) => running.get(one) ?? 0 }) ?? '';
        running.set(id, (running.get(id) ?? 0) + 1);
      }
      const counts = [...running.values()];
      assert.ok(counts.length === 5 && Math.min(...counts) >= 6 && Math.max(...counts) <= 14, `${strategy}: ${counts.join(' ')}`);
    }
  });

  it('asks those with more left more often', () => {
    const accounts = [account(0, { windows: [window(90, 60)] }), account(1, { windows: [window(10, 60)] }), account(2, { windows: [window(100, -1)] })];
    const random = seeded(3);
    const counts = [0, 0, 0];
    for (let turn = 0; turn < 1_000; turn += 1) {
      const id = chosen(accounts, { strategy: 'headroom', turn, random });
      const index = accounts.findIndex(({ account: one }) => one.id === id);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    assert.ok((counts[0] ?? 0) < 100 && (counts[1] ?? 0) > 380 && (counts[2] ?? 0) > 430, counts.join(' '));
  });

  it('drains what resets first', () => {
    const accounts = [account(0), account(1, { windows: [window(10, 9_000)] }), account(2, { windows: [window(10, 99_000), window(50, 600)] }), account(3, { windows: [window(10, -5), window(1, 7_000)] })];
    assert.equal(chosen(accounts, { strategy: 'drain' }), idOf(2));
    assert.equal(chosen(accounts, { strategy: 'drain', tried: new Set([idOf(2)]) }), idOf(3));
    assert.equal(chosen(accounts, { strategy: 'drain', tried: new Set([idOf(1), idOf(2), idOf(3)]) }), idOf(0));
  });

  it('prefers a clearly healthier one within the window, and nobody beyond it', () => {
    const health = (sick: number, score: number) => (id: AccountId): number => (id === idOf(sick) ? score : 100);
    assert.equal(chosen(pool, { health: health(0, 91) }), idOf(0), 'one hiccup');
    assert.equal(chosen(pool, { health: health(0, 80) }), idOf(1));
    assert.equal(chosen(pool, { health: health(0, 80), random: () => 0.99 }), idOf(2));
    assert.equal(chosen(pool, { health: health(0, 0), healthWindow: 1 }), idOf(0));
    assert.equal(chosen(pool, { health: (id) => (id === idOf(4) ? 100 : 50) }), idOf(0));
  });

  it('passes over an account that runs as many as it may, unless all do', () => {
    const running = new Map([[idOf(0), 2], [idOf(1), 2], [idOf(2), 1], [idOf(3), 2], [idOf(4), 2]]);
    const busy = { mostRunning: 2, running: (id: AccountId) => running.get(id) ?? 0 };
    assert.equal(chosen(pool, busy), idOf(2));
    running.set(idOf(2), 5);
    running.set(idOf(3), 4);
    assert.equal(chosen(pool, busy), idOf(0));
    running.set(idOf(4), 1);
    running.set(idOf(3), 0);
    assert.equal(chosen(pool, { ...busy, tried: new Set([idOf(3)]) }), idOf(4));
  });

  it('with one account that can serve, finds it among ten thousand under every strategy', () => {
    const accounts = Array.from({ length: 10_000 }, (_, i) => account(i, { exhaustedUntil: i === 7_777 ? 0 : now + 1 }));
    for (const strategy of RouteStrategy.options) for (const turn of [0, 1, 39, 40]) assert.equal(chosen(accounts, { strategy, turn }), idOf(7_777));
  });

  it('reaches everybody of a large pool in turn', () => {
    const accounts = Array.from({ length: 1_000 }, (_, i) => account(i));
    const seen = new Set(Array.from({ length: 20_000 }, (_, turn) => chosen(accounts, { strategy: 'balanced', turn })));
    assert.equal(seen.size, 1_000);
  });
});

describe('LiveRoster', () => {
  it('follows single changes as if it were made anew', () => {
    const live = new LiveRoster([account(0), account(1, { coolUntil: now + 5 })]);
    for (let i = 2; i < 200; i += 1) assert.equal(live.push(account(i, { exhaustedUntil: i })), i);
    live.replace(0, account(0, { needsLogin: 'x' }));
    live.replace(1, account(1));
    const anew = new LiveRoster(live.accounts);
    assert.deepEqual([...live.outUntil.slice(0, 200)], [...anew.outUntil]);
    assert.deepEqual([...live.outUntil.slice(0, 4)], [Infinity, 0, 2, 3]);
  });
});

describe('leftOf', () => {
  it('is the tightest of the account\'s own windows', () => {
    assert.equal(leftOf(account(0, { windows: [window(30, 60), window(60, 600), window(99, 600, 'extra')] }), now), 40);
    assert.equal(leftOf(account(0, { windows: [window(100, -1)] }), now), 100);
    assert.equal(leftOf(account(0), now), null);
  });
});

describe('Health', () => {
  it('falls with failures, rises with answers, and forgives by and by', () => {
    const health = new Health();
    const a = idOf(0);
    assert.equal(health.of(a, now), 100);
    for (const [status, score] of [[500, 90], [null, 80], [429, 65], [403, 47], [200, 51]] as const) {
      health.record(a, status, now);
      assert.equal(health.of(a, now), score);
    }
    assert.equal(health.of(a, now + 600_000), 75.5);
    for (let i = 0; i < 20; i += 1) health.record(a, 500, now);
    assert.equal(health.of(a, now), 0);
    for (let i = 0; i < 30; i += 1) health.record(a, 200, now);
    assert.equal(health.of(a, now), 100);
  });
});
