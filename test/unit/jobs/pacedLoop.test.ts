import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { PacedLoop, pauseOf } from '../../../src/jobs/pacedLoop.ts';
import { dueForUsage, pollUsage } from '../../../src/jobs/usagePoller.ts';
import { HandClock } from '../../lab/clocks.ts';
import { until } from '../service/tokenHarness.ts';
import { storedAccount } from '../storage/harness.ts';

const pace = { intervalMs: 600_000, jitterMs: 5_000, backoffMaxMs: 1_800_000 };

describe('pauseOf', () => {
  it('is the original\'s rule', () => {
    assert.deepEqual([0, 1, 2, 3, 9].map((failures) => pauseOf(pace, failures, 0)), [600_000, 600_000, 1_200_000, 1_800_000, 1_800_000]);
    assert.deepEqual([0, 0.5, 0.999].map((random) => pauseOf(pace, 0, random)), [600_000, 603_000, 605_000]);
    assert.equal(pauseOf({ ...pace, backoffMaxMs: 1 }, 5, 0), 600_000, 'never shorter than the interval');
    assert.equal(pauseOf({ ...pace, intervalMs: 30_000 }, 1_000, 0), 1_800_000);
  });
});

describe('PacedLoop', () => {
  it('runs at once, backs off after failures, and ends when it is told to', async () => {
    const pauses: number[] = [];
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const results = [true, false, false, true];
    const clock: Clock = {
      now: () => 0,
      sleep: (ms, signal) => {
        pauses.push(ms);
        if (pauses.length < 4) return Promise.resolve();
        resolve();
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
      },
    };
    const loop = new PacedLoop({ clock, pace, random: () => 0, run: () => Promise.resolve(results.shift() ?? true) });
    await enough;
    await loop.dispose();
    assert.deepEqual(pauses, [600_000, 600_000, 1_200_000, 600_000]);
  });
});

describe('a PacedLoop that is woken', () => {
  it('runs again at once, also when it was running then', async () => {
    const clock = new HandClock(0);
    let runs = 0;
    const loop: PacedLoop = new PacedLoop({
      clock, pace, random: () => 0,
      run: () => {
        runs += 1;
        if (runs === 2) loop.wake();
        return Promise.resolve(true);
      },
    });
    await until(() => clock.sleeping.length === 1);
    assert.equal(runs, 1);
    loop.wake();
    await until(() => runs === 3 && clock.sleeping.length === 1);
    await loop.dispose();
    assert.equal(runs, 3);
  });
});

describe('the poll of usage', () => {
  const now = 1_800_000_000_000;
  const interval = 600_000;
  const account = (number: number, heard: number, needsLogin: string | null = null) => ({ ...storedAccount(number), state: { ...storedAccount(number).state, windowsAt: heard, needsLogin } });
  const accounts = [account(1, 0), account(2, now - 10_000), account(3, now - interval), account(4, 0, 'invalid_grant'), account(5, now - 1)];
  const lastRead = new Map([['account-2', now - interval], ['account-3', now - interval + 1], ['account-5', now - 3 * interval]]);
  const due = () => dueForUsage(accounts, (id) => lastRead.get(id) ?? (id === 'account-1' ? 0 : 0), interval, now);

  it('asks those that were neither asked nor heard of live, and the others more seldom', () => {
    assert.deepEqual(due(), ['account-1', 'account-5']);
  });

  it('asks nobody while nobody wants it, and takes a failure of all for a failure', async () => {
    const asked: AccountId[] = [];
    const poll = (isWanted: boolean, kind: 'read' | 'failed') => pollUsage({
      clock: { now: () => now, sleep: () => Promise.resolve() }, intervalMs: interval, accounts: () => accounts, lastReadAt: (id) => lastRead.get(id) ?? 0, isWanted: () => isWanted,
      read: (id) => {
        asked.push(id);
        return id === 'account-1' ? Promise.reject(new Error('stopping')) : Promise.resolve({ kind });
      },
    });
    assert.deepEqual([await poll(false, 'failed'), asked], [true, []]);
    assert.deepEqual([await poll(true, 'read'), asked.length], [true, 2]);
    assert.equal(await poll(true, 'failed'), false);
  });
});
