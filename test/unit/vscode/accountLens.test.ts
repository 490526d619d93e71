import assert from 'node:assert/strict';
import type { Account } from '../../../src/contract/account.ts';
import { LensKeeper } from '../../../src/vscode/lensKeeper.ts';
import { filterOf, lensText, plainLens, type FilterBy, type SortBy } from '../../../src/vscode/views/accountLens.ts';
import { sortAccounts, SteadyOrder } from '../../../src/vscode/views/accountSort.ts';
import { inSeconds, now, view, windowOf } from '../../lab/accountViews.ts';

const idsOf = (accounts: readonly Account[]): string[] => accounts.map(({ id }) => id);
const pool = [
  view('n10', { label: 'Nora 10', groupName: 'TEAM', windows: [windowOf(300, 90, 60)], status: 'low' }),
  view('n9', { label: 'nora 9', groupName: 'HOME', windows: [windowOf(300, 10, 900), windowOf(10_080, 40, 90)], tags: ['Berlin'] }),
  view('new', { label: 'Ann', groupName: 'TEAM', status: 'unknown', windows: [] }),
  view('spent', { label: 'Zoe', groupName: 'TEAM', status: 'exhausted', windows: [windowOf(300, 100, 30)], availableAt: inSeconds(30), plan: 'pro' }),
  view('old', { label: 'Bob', groupName: 'TEAM', status: 'needsLogin', windows: [] }),
  view('full', { label: 'Cid', groupName: 'TEAM', windows: [windowOf(300, 5, -60), windowOf(300, 100, 10, { scope: 'extra' })] }),
];

describe('sorting accounts', () => {
  const sorted = (sort: SortBy): string[] => idsOf(sortAccounts(pool, sort, now));

  it('goes by what is left, the next reset or the name, within groups that stay in their places', () => {
    assert.deepEqual(sorted('order'), ['n10', 'n9', 'new', 'spent', 'old', 'full']);
    assert.deepEqual(sorted('left'), ['full', 'n10', 'new', 'spent', 'old', 'n9']);
    assert.deepEqual(sorted('reset'), ['spent', 'n10', 'new', 'old', 'full', 'n9']);
    assert.deepEqual(sorted('name'), ['new', 'old', 'full', 'n10', 'spent', 'n9']);
  });

  it('reads numbers in names as numbers', () => {
    assert.deepEqual(idsOf(sortAccounts([view('b', { label: 'Nora 10' }), view('a', { label: 'nora 9' })], 'name', now)), ['a', 'b']);
  });

  it('is cheap for ten thousand accounts', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...pool[i % pool.length] as Account, label: `person-${(i * 7_919) % 10_000}` }));
    for (const sort of ['left', 'reset', 'name'] as const) {
      const startedAt = performance.now();
      sortAccounts(many, sort, now);
      assert.ok(performance.now() - startedAt < 1_000, sort);
    }
  });
});

describe('SteadyOrder', () => {
  const left = (id: string, used: number): Account => view(id, { windows: [windowOf(300, used, null)] });

  it('keeps rows in their places while figures change, for half a minute', () => {
    const order = new SteadyOrder();
    const applied = (accounts: readonly Account[], sort: SortBy, later: number): string => idsOf(order.apply(accounts, sort, now + later)).join('');
    assert.equal(applied([left('a', 50), left('b', 10)], 'left', 0), 'ba');
    assert.equal(applied([left('a', 0), left('b', 90)], 'left', 29_000), 'ba');
    assert.equal(applied([left('c', 0), left('a', 0), left('b', 90)], 'left', 29_000), 'bac');
    assert.equal(applied([left('a', 0)], 'left', 29_000), 'a');
    assert.equal(applied([left('c', 20), left('a', 10), left('b', 90)], 'left', 30_000), 'acb');
    assert.equal(applied([left('c', 20), left('a', 10)], 'name', 30_001), 'ac');
    assert.equal(applied([left('c', 20), left('a', 10)], 'order', 30_002), 'ca');
  });

  it('shows accounts as they are now', () => {
    const order = new SteadyOrder();
    order.apply([left('a', 50)], 'left', now);
    const changed = left('a', 20);
    assert.equal(order.apply([changed], 'left', now)[0], changed);
  });
});

describe('filtering accounts', () => {
  const through = (filter: FilterBy, text = ''): string[] => idsOf(pool.filter(filterOf({ sort: 'order', filter, text })));

  it('goes by what they can do', () => {
    assert.deepEqual(through('all').length, 6);
    assert.deepEqual(through('usable'), ['n10', 'n9', 'new', 'full']);
    assert.deepEqual(through('low'), ['n10']);
    assert.deepEqual(through('needsAction'), ['old']);
  });

  it('goes by every word of a text, in label, e-mail, group, tags and plan', () => {
    for (const [text, ids] of [['NORA', ['n10', 'n9']], ['nora berlin', ['n9']], ['old@example', ['old']], ['home', ['n9']], ['pro', ['spent']], [' ', idsOf(pool)], ['nobody', []]] as const) assert.deepEqual(through('text', text), ids, text);
    assert.deepEqual(idsOf([view('bare', { email: null, plan: null })].filter(filterOf({ sort: 'order', filter: 'text', text: 'null' }))), []);
  });

  it('says what it shows', () => {
    const text = (filter: FilterBy, sort: SortBy, words = ''): string | undefined => lensText({ sort, filter, text: words }, 3, 1_400);
    assert.deepEqual([text('all', 'order'), text('low', 'order'), text('needsAction', 'name'), text('text', 'left', 'x y'), text('all', 'reset')], [
      undefined, '3 of 1,400 · low', '3 of 1,400 · needs action · by name', '3 of 1,400 · “x y” · by what is left', 'by next reset',
    ]);
  });
});

describe('LensKeeper', () => {
  it('remembers, tells, and begins anew with what it cannot read', async () => {
    const memory = new Map<string, unknown>();
    const remembers = { get: (key: string) => memory.get(key), update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)) };
    const keeper = new LensKeeper(remembers);
    assert.deepEqual(keeper.lens, plainLens);
    let told = 0;
    keeper.onChange(() => { told += 1; });
    await keeper.set({ filter: 'text', text: 'x' });
    assert.deepEqual([told, new LensKeeper(remembers).lens], [1, { sort: 'order', filter: 'text', text: 'x' }]);
    memory.set('accounts.lens', { sort: 'colour' });
    assert.deepEqual(new LensKeeper(remembers).lens, plainLens);
  });
});
