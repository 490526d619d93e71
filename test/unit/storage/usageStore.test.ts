import assert from 'node:assert/strict';
import { AccountId, type UsageWindow } from '../../../src/contract/account.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, openOn } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const hour = 3_600;
const begin = 500_000 * hour;
const a = AccountId.parse('a');
const b = AccountId.parse('b');

describe('UsageStore', () => {
  let databases: Databases;
  beforeEach(async () => {
    databases = await openOn(new MemoryDisk());
  });
  afterEach(() => closeBoth(databases));

  const window = (usedPercent: number): UsageWindow => ({ name: '5 h', minutes: 300, usedPercent, resetsAt: null, scope: 'account' });
  const append = (retain: number, ...heard: [AccountId, number, number][]) => databases.log.transaction(() => databases.usage.append(heard.map(([accountId, seconds, used]) => ({ accountId, at: seconds * 1000, windows: [window(used)] })), retain));
  const recent = (since: number) => databases.usage.recent(since * 1000).map(({ accountId, windows }) => [accountId, windows[0]?.usedPercent]);

  it('keeps the newest of each account, and all when told so', () => {
    append(2, [a, begin, 1], [b, begin + 1, 5], [a, begin + 2, 2], [a, begin + 3, 3]);
    assert.deepEqual(recent(0), [['b', 5], ['a', 2], ['a', 3]]);
    append(0, [a, begin + 4, 4], [a, begin + 5, 5]);
    assert.deepEqual(recent(begin + 3), [['a', 3], ['a', 4], ['a', 5]]);
  });

  it('adds up hours that outlive what they were made of', () => {
    append(1, [a, begin, 10], [a, begin + 600, 30], [a, begin + 1_200, 20], [a, begin + hour, 40], [b, begin, 1]);
    const hours = (accountId: AccountId | null, from = 0, to = begin + 9 * hour) => databases.usage.hours({ accountId, from, to }).map(({ at, first, last, most }) => [at - begin, first, last, most]);
    assert.deepEqual(hours(a), [[0, 10, 20, 30], [hour, 40, 40, 40]]);
    assert.deepEqual(hours(a, begin + 1), [[hour, 40, 40, 40]]);
    assert.equal(hours(null).length, 3);
    databases.log.transaction(() => databases.usage.forget([a]));
    assert.deepEqual([hours(a), recent(0)], [[], [['b', 1]]]);
  });

  it('forgets hours after ninety days, in small steps', () => {
    append(1, ...Array.from({ length: 1_200 }, (_, i): [AccountId, number, number] => [a, begin + i * hour, 1]));
    const prune = (now: number) => databases.log.transaction(() => databases.usage.prune(now));
    const count = () => databases.usage.hours({ accountId: a, from: 0, to: begin * 2 }).length;
    assert.deepEqual([prune(begin + 90 * 24 * hour), count()], [false, 1_200]);
    assert.deepEqual([prune(begin + 90 * 24 * hour + 1_100 * hour), count()], [true, 700]);
    assert.deepEqual([prune(begin + 90 * 24 * hour + 1_100 * hour), count()], [true, 200]);
    assert.deepEqual([prune(begin + 90 * 24 * hour + 1_100 * hour), count()], [false, 100]);
  });

  it('keeps as many snapshots of each account as it may when that became less, some accounts at a time', () => {
    const ids = Array.from({ length: 60 }, (_, i) => `account-${String(i).padStart(2, '0')}` as AccountId);
    for (const id of ids) append(0, ...Array.from({ length: 4 }, (_, i): [AccountId, number, number] => [id, begin + i, i]));
    append(0, ...Array.from({ length: 600 }, (_, i): [AccountId, number, number] => [ids[59] ?? a, begin + i, 1]));
    const prune = (retain: number) => databases.log.transaction(() => databases.usage.pruneSnapshots(retain));
    assert.equal(prune(0), false);
    assert.deepEqual([prune(2), prune(2), prune(2)], [true, true, false]);
    assert.deepEqual(new Set(ids.map((id) => databases.usage.recent(0).filter(({ accountId }) => accountId === id).length)), new Set([2]));
  });
});
