import assert from 'node:assert/strict';
import { prunedKinds, type PrunedKind, type RetentionLimits } from '../../../src/core/retention.ts';
import { enforceRetention } from '../../../src/jobs/retention.ts';

describe('enforceRetention', () => {
  const limits = { requestDays: 3, requestRows: 5, usageSnapshots: 7 };
  const clock = (sleeps: number[]) => ({ now: () => 10_999, sleep: (ms: number) => Promise.resolve(void sleeps.push(ms)) });

  it('goes on with each kind until nothing is left, resting in between, by the limits of the moment', async () => {
    const [left, asked, sleeps]: [Record<string, number>, [PrunedKind, RetentionLimits][], number[]] = [{ requests: 2, bindings: 1 }, [], []];
    let days = 3;
    const store = {
      prune: (kind: PrunedKind, given: RetentionLimits) => {
        asked.push([kind, given]);
        days = 1;
        left[kind] = (left[kind] ?? 0) - 1;
        return Promise.resolve((left[kind] ?? 0) >= 0);
      },
    };
    const failed: unknown[] = [];
    assert.equal(await enforceRetention({ clock: clock(sleeps), store, limits: () => ({ ...limits, requestDays: days }), onFailed: (thrown) => failed.push(thrown) }, new AbortController().signal), true);
    assert.deepEqual(asked.map(([kind]) => kind), ['requests', 'requests', ...prunedKinds.slice(0, -1), 'bindings', 'bindings']);
    assert.deepEqual([asked[0]?.[1], asked[1]?.[1].requestDays, sleeps, failed], [{ now: 10, ...limits }, 1, [20, 20, 20], []]);
  });

  it('says that it failed, and ends without a word when it is told to', async () => {
    const failed: unknown[] = [];
    const run = (signal: AbortSignal) => enforceRetention({ clock: clock([]), store: { prune: () => Promise.reject(new Error('full')) }, limits: () => limits, onFailed: (thrown) => failed.push(thrown) }, signal);
    assert.deepEqual([await run(new AbortController().signal), failed.length], [false, 1]);
    assert.deepEqual([await run(AbortSignal.abort()), failed.length], [true, 1]);
  });
});
