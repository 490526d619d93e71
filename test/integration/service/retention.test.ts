import assert from 'node:assert/strict';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { ManualClock } from '../../lab/manualClock.ts';

const hourMs = 3_600_000;

describe('retention of the request log', () => {
  let harness: Harness;
  const clock = new ManualClock();
  before(async () => { harness = await startHarness([accountA], {}, { clock }); });
  after(() => harness.dispose());

  const ids = async (): Promise<number[]> => (await harness.rpc.call('requestlog/list')).items.map(({ id }) => id);
  /** Every question waits for the ones before it in the databases' thread. */
  const until = async (left: number): Promise<number[]> => {
    for (let found = await ids(); ; found = await ids()) if (found.length === left) return found;
  };

  it('follows a changed setting at once, and the days as they go by', async () => {
    for (let i = 0; i < 4; i += 1) await harness.ask();
    assert.deepEqual(await ids(), [4, 3, 2, 1]);
    await harness.rpc.call('settings/update', { logRetentionRows: 2 });
    assert.deepEqual(await until(2), [4, 3]);
    await harness.rpc.call('settings/update', { logRetentionRows: 0, logRetentionDays: 1 });
    await clock.untilSleeping(hourMs);
    clock.pass(25 * hourMs);
    assert.deepEqual(await until(0), []);
    const { requests } = await harness.rpc.call('requestlog/stats', { from: clock.now() / 1_000 - 30 * 3_600, to: clock.now() / 1_000, by: 'none', step: 'month' }).then(({ items }) => ({ requests: items.reduce((sum, one) => sum + one.requests, 0) }));
    assert.equal(requests, 4, 'sums outlive the rows');
  });

  it('takes no limit that cannot be one', async () => {
    await assert.rejects(harness.rpc.call('settings/update', { logRetentionRows: 2_000_000 }), { code: 'badRequest' });
    await assert.rejects(harness.rpc.call('settings/update', { logRetentionDays: -1 }), { code: 'badRequest' });
  });
});
