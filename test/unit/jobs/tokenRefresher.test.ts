import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import { TokenRefresher } from '../../../src/jobs/tokenRefresher.ts';
import { HandClock } from '../../lab/clocks.ts';
import { until } from '../service/tokenHarness.ts';

describe('TokenRefresher', () => {
  function open(due: () => readonly AccountId[], tidy: () => Promise<void> = () => Promise.resolve()) {
    const clock = new HandClock(0);
    const started: AccountId[] = [];
    const finish: (() => void)[] = [];
    const logs: string[] = [];
    const job = new TokenRefresher({
      clock, due, tidy, log: (_level, message) => logs.push(message),
      refresh: (id) => {
        started.push(id);
        return new Promise<void>((resolve) => finish.push(resolve));
      },
    });
    return { clock, job, started, finish, logs };
  }
  const ids = (count: number): AccountId[] => Array.from({ length: count }, (_, i) => AccountId.parse(`acc_${i}`));

  it('looks at once, then every half minute', async () => {
    let looks = 0;
    const { clock, job } = open(() => {
      looks += 1;
      return [];
    });
    await until(() => clock.sleeping.length === 1);
    assert.equal(looks, 1);
    clock.pass(29_999);
    assert.deepEqual(clock.sleeping, [1]);
    clock.pass(1);
    await until(() => looks === 2);
    await job.dispose();
  });

  it('looks again when it is woken, also when it was busy then', async () => {
    let due = ids(1);
    const { clock, job, started, finish } = open(() => due.splice(0));
    await until(() => started.length === 1);
    due = ids(2);
    job.wake();
    finish[0]?.();
    await until(() => started.length === 3);
    finish.forEach((one) => one());
    await until(() => clock.sleeping.length === 1);
    due = ids(1);
    job.wake();
    await until(() => started.length === 4);
    await job.dispose();
  });

  it('refreshes four at a time', async () => {
    const waiting = ids(6);
    const { job, started, finish } = open(() => waiting.splice(0));
    await until(() => started.length === 4);
    await new Promise((next) => setImmediate(next));
    assert.equal(started.length, 4);
    finish[1]?.();
    await until(() => started.length === 5);
    await job.dispose();
  });

  it('goes on after trouble, and says it', async () => {
    let looks = 0;
    const { clock, job, logs } = open(() => [], () => {
      looks += 1;
      return Promise.reject(new Error('the disk is gone'));
    });
    await until(() => clock.sleeping.length === 1);
    assert.match(logs[0] ?? '', /the disk is gone/);
    clock.pass(30_000);
    await until(() => looks === 2);
    await job.dispose();
  });

  it('ends at once, and begins nothing more, while a refresh hangs', async () => {
    const waiting = ids(6);
    const { job, started, finish } = open(() => waiting.splice(0));
    await until(() => started.length === 4);
    await job.dispose();
    finish.forEach((one) => one());
    await new Promise((next) => setImmediate(next));
    assert.equal(started.length, 4);
  });
});
