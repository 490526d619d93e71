import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import type { Settings } from '../../../src/contract/settings.ts';
import type { Binding, StoredAccount } from '../../../src/core/records.ts';
import { parseEngineConfig } from '../../../src/core/parseEngineConfig.ts';
import { LiveRoster } from '../../../src/core/routing/roster.ts';
import { anyRequest } from '../../../src/core/selectAccount.ts';
import type { RouteRequest } from '../../../src/gateway/ports.ts';
import { BindingTable } from '../../../src/service/bindingTable.ts';
import { LiveSettings } from '../../../src/service/liveSettings.ts';
import { readWishes } from '../../../src/service/routeWish.ts';
import { RouteTable, type Pinned } from '../../../src/service/routeTable.ts';
import { TurnCounters } from '../../../src/service/turnCounters.ts';
import { HandClock } from '../../lab/clocks.ts';
import { manyAccount } from '../../lab/manyAccounts.ts';

const start = 1_800_000_000_000;
const ids = [0, 1, 2].map((i) => manyAccount(i).account.id);
const [a, b] = ids as [AccountId, AccountId];

interface Over { readonly conversation?: string | null; readonly tried?: AccountId[]; readonly keyId?: string }

describe('RouteTable', () => {
  let clock: HandClock;
  let accounts: StoredAccount[];
  let kept: unknown[];
  let persisted: Binding[];
  beforeEach(() => {
    clock = new HandClock(start);
    accounts = [0, 1, 2].map((i) => manyAccount(i, {}, { windows: [] }));
    kept = [];
    persisted = [];
  });

  interface Wish { readonly pinned?: Pinned; readonly settings?: Partial<Settings> }

  function table(env: Record<string, string> = {}, { pinned = null, settings: wished = {} }: Wish = {}, keep = (one: unknown): Promise<void> => Promise.resolve(void kept.push(one))): RouteTable {
    const settings = new LiveSettings({ decided: parseEngineConfig(env, '/x/y.db').decided, keep: (json) => keep(JSON.parse(json)) }, wished);
    return new RouteTable({ clock, settings, bindings: new BindingTable([], clock, (binding) => persisted.push(binding)), find: (id) => accounts.find(({ account }) => account.id === id), keep }, pinned);
  }
  const ask = (over: Over = {}): RouteRequest => ({ ...anyRequest, keyId: over.keyId ?? 'k', model: 'm', conversation: over.conversation ?? null, now: clock.now(), tried: new Set(over.tried) });
  const choose = (routes: RouteTable, over: Over = {}): AccountId | undefined => routes.choose(new LiveRoster(accounts), ask(over))?.stored.account.id;

  it('changes the strategy for the next request, durably, unless a variable decides', async () => {
    const routes = table();
    assert.deepEqual([choose(routes), choose(routes)], [a, a]);
    await routes.setStrategy('balanced');
    assert.deepEqual([choose(routes), choose(routes), choose(routes), choose(routes, { keyId: 'other' })], [ids[0], ids[1], ids[2], ids[0]]);
    assert.deepEqual(kept, [{ routeStrategy: 'balanced' }]);
    assert.deepEqual(table({ CODEXMANAGER_ROUTE_STRATEGY: 'drain' }, { settings: { routeStrategy: 'balanced' } }).state(), { strategy: 'drain', locked: true, pinned: null });
  });

  it('changes nothing when the disk refuses', async () => {
    const routes = table({}, undefined, () => Promise.reject(new Error('full')));
    await assert.rejects(routes.setStrategy('drain'), /full/);
    assert.equal(routes.strategy, 'ordered');
  });

  it('asks the pinned account first until it fails, cannot serve, or its time is over', async () => {
    const routes = table();
    await routes.pin({ accountId: b, until: start / 1000 + 60 });
    assert.deepEqual([choose(routes), choose(routes, { conversation: 'c' }), choose(routes, { tried: [b] })], [b, b, a]);
    accounts[1] = manyAccount(1, {}, { windows: [], coolUntil: start + 1_000 });
    assert.equal(choose(routes), a);
    clock.pass(1_000);
    assert.equal(choose(routes), b);
    routes.failed(a);
    assert.equal(choose(routes), b);
    routes.failed(b);
    assert.deepEqual([choose(routes), routes.state().pinned, kept.at(-1)], [a, null, null]);
    await routes.pin({ accountId: b, until: start / 1000 + 60 });
    clock.pass(59_000);
    assert.equal(choose(routes), a);
  });

  it('keeps a conversation where it was, until that account cannot go on', () => {
    const routes = table({ CODEXMANAGER_ROUTE_STATE_TTL_SECS: '60' });
    routes.served(b, 'c');
    assert.deepEqual([choose(routes, { conversation: 'c' }), choose(routes, { conversation: 'd' }), choose(routes, { conversation: 'c', tried: [b] })], [b, a, a]);
    accounts[1] = manyAccount(1, {}, { windows: [], exhaustedUntil: start + 1 });
    assert.equal(choose(routes, { conversation: 'c' }), a);
    accounts[1] = manyAccount(1, {}, { windows: [] });
    clock.pass(59_999);
    assert.equal(choose(routes, { conversation: 'c' }), b);
    clock.pass(1);
    assert.equal(choose(routes, { conversation: 'c' }), a, 'forgotten');
    assert.deepEqual(persisted.map(({ kind, hash, accountId }) => [kind, hash, accountId]), [['conversation', 'c', b]]);
  });

  it('spreads one conversation only when its account runs as many as it may', () => {
    const routes = table({ CODEXMANAGER_ACCOUNT_MAX_INFLIGHT: '2' });
    routes.served(b, 'c');
    const [first, second] = [routes.begin(b), routes.begin(b)];
    assert.equal(choose(routes, { conversation: 'c' }), a);
    first();
    first();
    assert.deepEqual([routes.running(b), choose(routes, { conversation: 'c' })], [1, b]);
    second();
    assert.equal(routes.running(b), 0);
  });

  it('lets health decide between the first ones', () => {
    const routes = table({ CODEXMANAGER_ROUTE_HEALTH_P2C_ORDERED_WINDOW: '2' });
    routes.outcome(a, 500);
    assert.equal(choose(routes), a);
    routes.outcome(a, null);
    assert.equal(choose(routes), b);
    clock.pass(600_000);
    assert.equal(choose(routes), a, 'forgiven');
  });
});

describe('BindingTable', () => {
  it('notes a use again only after a while', () => {
    const clock = new HandClock(start);
    const persisted: number[] = [];
    const bindings = new BindingTable([], clock, ({ seenAt }) => persisted.push(seenAt - start));
    for (const ms of [0, 599_999, 1]) {
      clock.pass(ms);
      bindings.bind('conversation', 'c', a);
    }
    bindings.bind('conversation', 'c', b);
    assert.deepEqual([persisted, bindings.owner('conversation', 'c'), bindings.owner('turnState', 'c')], [[0, 600_000, 600_000], b, undefined]);
  });
});

describe('BindingTable of one kind', () => {
  it('remembers as many as it may, and tells the store only of what lasts', () => {
    const persisted: string[] = [];
    const bindings = new BindingTable([], new HandClock(start), ({ hash }) => persisted.push(hash));
    for (const hash of ['1', '2', '3', '4', '5']) bindings.bind('conversation', hash, a, { most: 2 });
    bindings.bind('response', 'r', b, { lasting: false });
    assert.deepEqual(['1', '2', '3', '4', '5'].map((hash) => bindings.owner('conversation', hash)), [undefined, undefined, a, a, a]);
    assert.deepEqual([bindings.owner('response', 'r'), persisted], [b, ['1', '2', '3', '4', '5']]);
  });
});

describe('TurnCounters', () => {
  it('count each name on its own, and forget what is old or too much', () => {
    const counters = new TurnCounters();
    const next = (name: string, at: number): number => counters.next(name, { now: at, ttlMs: 100, capacity: 2 });
    assert.deepEqual([next('a', 0), next('a', 1), next('b', 2), next('a', 100), next('a', 200)], [0, 1, 0, 2, 0]);
    next('c', 201);
    assert.deepEqual([next('a', 202), next('b', 203)], [1, 0]);
    counters.clear();
    assert.equal(next('a', 204), 0);
  });
});

describe('readWishes', () => {
  it('reads what is stored, also as earlier versions stored it, and takes what it cannot read for no wish', () => {
    assert.deepEqual(readWishes({}), { pinned: null, settings: {} });
    assert.deepEqual(readWishes({ route: '{', settings: '[1' }), { pinned: null, settings: {} });
    assert.deepEqual(readWishes({ route: '{"strategy":"fastest","pinned":{"accountId":"x","until":5}}' }), { pinned: { accountId: 'x', until: 5 }, settings: {} });
    assert.deepEqual(readWishes({ route: '{"strategy":"drain","pinned":null}', settings: '{"waitBudgetMs":7,"retryMaxMs":-1,"of another version":true}' }).settings, { routeStrategy: 'drain', waitBudgetMs: 7 });
    assert.deepEqual(readWishes({ route: '{"strategy":"drain"}', settings: '{"routeStrategy":"balanced"}' }).settings, { routeStrategy: 'balanced' });
  });
});
