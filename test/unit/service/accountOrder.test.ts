import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import type { AccountRecord, StoredAccount } from '../../../src/core/records.ts';
import type { Store } from '../../../src/core/store.ts';
import { AccountPool } from '../../../src/service/accountPool.ts';
import { changedByTime, watchTime } from '../../../src/service/timedChanges.ts';
import { HandClock } from '../../lab/clocks.ts';
import { manyAccount, manyAccounts } from '../../lab/manyAccounts.ts';

/** A disk that takes everything. */
const store = {
  saveAccounts: () => Promise.resolve(), saveState: () => Promise.resolve(), saveTokens: () => Promise.resolve(),
  updateAccounts: (accounts: readonly AccountRecord[]) => Promise.resolve(accounts.length), deleteAccounts: (ids: readonly AccountId[]) => Promise.resolve(ids.length),
} as Partial<Store> as Store;
const poolOf = (accounts: readonly StoredAccount[], clock = new HandClock(0)): AccountPool => new AccountPool({ store, clock, log: () => undefined }, accounts);

describe('the order of the pool', () => {
  const isSorted = (pool: AccountPool): void => {
    const places = pool.list().map(({ account }) => [account.sort, account.createdAt, account.id] as const);
    assert.deepEqual(places, places.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)));
  };

  it('holds whatever comes, changes its place, and goes', async () => {
    const pool = poolOf([]);
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const alive = new Map<AccountId, number>();
    for (let step = 0; step < 400; step += 1) {
      const i = random(60);
      const stored = manyAccount(i, { sort: random(5), createdAt: random(3), label: `step ${step}` });
      const { id } = stored.account;
      const known = alive.has(id);
      if (known && random(3) === 0) await pool.delete([id]);
      else if (known && random(2) === 0) await pool.update(new Map([[id, { sort: random(5) }]]));
      else await pool.save([stored]);
      if (pool.find(id)) alive.set(id, i);
      else alive.delete(id);
      if (random(4) > 0) isSorted(pool);
      assert.deepEqual(new Set(pool.list().map(({ account }) => account.id)), new Set(alive.keys()));
      assert.ok(pool.list().every((one) => pool.find(one.account.id) === one), `step ${step}: the list shows an account as it was`);
    }
    await pool.dispose();
  });

  it('is kept, not made anew, when accounts come at its end or change where they stand', async () => {
    const pool = poolOf(manyAccounts(3));
    const list = pool.list();
    await pool.save([manyAccount(3), manyAccount(4)]);
    await pool.save([manyAccount(1, { label: 'renamed' })]);
    assert.equal(pool.list(), list);
    assert.deepEqual(list.map(({ account }) => account.label).slice(1), ['renamed', 'person-2@example.com', 'person-3@example.com', 'person-4@example.com']);
    await pool.save([manyAccount(2, { sort: -1 })]);
    assert.notEqual(pool.list(), list);
    await pool.dispose();
  });
});

describe('changedByTime', () => {
  it('is true once, when a rest or a window ends', () => {
    const at = 5_000;
    for (const state of [{ exhaustedUntil: at, windows: [] }, { coolUntil: at, windows: [] }, { windows: [{ name: 'primary', minutes: 300, usedPercent: 1, resetsAt: at / 1_000, scope: 'account' as const }] }]) {
      const stored = manyAccount(0, {}, state);
      assert.deepEqual([[0, at - 1], [at - 1, at], [at, at + 1]].map(([from = 0, to = 0]) => changedByTime(stored, from, to)), [false, true, false]);
    }
    assert.equal(changedByTime(manyAccount(0, {}, { windows: [{ name: 'x', minutes: null, usedPercent: 1, resetsAt: null, scope: 'account' }] }), 0, at), false);
  });
});

describe('watchTime', () => {
  it('tells once which accounts are back', async () => {
    const clock = new HandClock(0);
    const pool = poolOf([...manyAccounts(500), manyAccount(500, {}, { coolUntil: 60_000 }), manyAccount(501, {}, { coolUntil: 60_001 })], clock);
    const told: AccountId[][] = [];
    let heard = (): void => undefined;
    const watch = watchTime(pool, clock, (ids) => {
      told.push([...ids]);
      heard();
    });
    for (const ms of [60_000, 1]) {
      const { promise, resolve } = Promise.withResolvers<void>();
      heard = resolve;
      clock.pass(ms);
      await promise;
    }
    assert.deepEqual(told, [[manyAccount(500).account.id], [manyAccount(501).account.id]]);
    await watch.dispose();
    await pool.dispose();
  });
});
