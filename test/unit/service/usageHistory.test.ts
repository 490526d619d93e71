import assert from 'node:assert/strict';
import { AccountId, type UsageWindow } from '../../../src/contract/account.ts';
import type { UsageSample } from '../../../src/core/records.ts';
import { UsageHistory } from '../../../src/service/usageHistory.ts';

const now = 1_800_000_000_000;
const id = AccountId.parse('a');
const minute = 60_000;

describe('UsageHistory', () => {
  let written: UsageSample[];
  let forgotten: string[];
  let history: UsageHistory;
  beforeEach(() => {
    written = [];
    forgotten = [];
    history = new UsageHistory({ log: () => undefined, retain: 200, store: {
      appendUsage: (samples) => Promise.resolve(void written.push(...samples)),
      forgetUsage: (ids) => Promise.resolve(void forgotten.push(...ids)),
    } });
  });

  const windows = (short: number, long: number): UsageWindow[] => [
    { name: '5 h', minutes: 300, usedPercent: short, resetsAt: null, scope: 'account' }, { name: '7 d', minutes: 10_080, usedPercent: long, resetsAt: null, scope: 'account' },
  ];

  it('writes at most once a minute, and what stays the same at least every half hour', async () => {
    for (let i = 0; i <= 180; i += 1) history.note(id, windows(i, 1), now + i * 1_000);
    await history.flush();
    assert.deepEqual(written.map(({ at }) => (at - now) / 1_000), [0, 60, 120, 180]);
    for (let i = 1; i <= 31; i += 1) history.note(id, windows(180, 1), now + 180_000 + i * minute);
    await history.flush();
    assert.equal(written.length, 5);
  });

  it('keeps few samples, however much is heard, and the end of a period', () => {
    for (let i = 0; i < 5_000; i += 1) history.note(id, windows(i / 100, 1), now + i * 1_000);
    const samples = history.samplesOf(id, '5 h');
    assert.ok(samples.length > 50 && samples.length < 70, String(samples.length));
    history.note(id, windows(1, 1), now + 5_000_001);
    assert.deepEqual(history.samplesOf(id, '5 h').at(-1), { at: now + 5_000_001, used: 1 });
    assert.deepEqual(history.samplesOf(id, 'x'), []);
  });

  it('tells what a week holds in 5-hour windows once enough was used', () => {
    history.note(id, windows(10, 10), now);
    history.note(id, windows(30, 12), now + minute);
    assert.equal(history.longInShort, null);
    history.note(id, windows(2, 12), now + 2 * minute);
    history.note(id, windows(22, 14), now + 3 * minute);
    assert.equal(history.longInShort, 10);
  });

  it('takes over what an earlier process heard, and forgets with the account', async () => {
    history.note(id, windows(9, 9), now);
    history.load([{ accountId: id, at: now - minute, windows: windows(1, 1) }, { accountId: AccountId.parse('b'), at: now - minute, windows: windows(2, 2) }]);
    assert.equal(history.samplesOf(id, '5 h').length, 1);
    assert.deepEqual(history.samplesOf(AccountId.parse('b'), '5 h'), [{ at: now - minute, used: 2 }]);
    history.forget([id]);
    await history.flush();
    assert.deepEqual([written, forgotten, history.samplesOf(id, '5 h')], [[], ['a'], []]);
  });
});
