import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import { RecentCuts } from '../../../src/gateway/recentCuts.ts';

describe('RecentCuts', () => {
  const [a, b] = [AccountId.parse('a'), AccountId.parse('b')];

  it('avoids an account for a minute, beside those already tried', () => {
    const cuts = new RecentCuts();
    assert.equal(cuts.with(new Set([b]), 0), null);
    cuts.add(a, 0);
    assert.deepEqual(cuts.with(new Set([b]), 59_999), new Set([b, a]));
    assert.equal(cuts.has(a, 59_999), true);
    assert.equal(cuts.has(a, 60_000), false);
    assert.equal(cuts.with(new Set([b]), 60_000), null);
  });
});
