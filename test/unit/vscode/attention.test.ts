import assert from 'node:assert/strict';
import type { TodaySummary } from '../../../src/contract/requestLog.ts';
import type { RequestLogItem } from '../../../src/contract/requestLog.ts';
import { Today } from '../../../src/vscode/today.ts';
import { WindowAttention } from '../../../src/vscode/windowAttention.ts';
import { now, snapshotOf } from '../../lab/accountViews.ts';

describe('WindowAttention', () => {
  const state = { focused: true, active: true };
  let time = now;
  let told: boolean[] = [];
  let attention: WindowAttention;
  beforeEach(() => {
    Object.assign(state, { focused: true, active: true });
    [time, told] = [now, []];
    attention = new WindowAttention({ state: () => state, now: () => time, report: (active) => told.push(active) });
  });
  afterEach(() => attention.dispose());

  it('tells at once whether somebody looks, and when that changes', () => {
    assert.deepEqual(told, [true]);
    attention.changed();
    Object.assign(state, { focused: false, active: false });
    attention.changed();
    attention.changed();
    state.active = true;
    attention.changed();
    assert.deepEqual(told, [true, false, true]);
  });

  it('takes a window in front for looked at until it was left alone for ten minutes', () => {
    state.active = false;
    time += 599_000;
    assert.equal(attention.isLooking, true);
    time += 1_000;
    assert.equal(attention.isLooking, false);
    state.active = true;
    assert.equal(attention.isLooking, true);
    Object.assign(state, { focused: false, active: false });
    assert.equal(attention.isLooking, false);
  });

  it('tells every leader that comes', () => {
    attention.connected();
    Object.assign(state, { focused: false, active: false });
    attention.connected();
    attention.connected();
    assert.deepEqual(told, [true, true, false, false]);
  });
});

describe('Today', () => {
  const summary = (requests: number): TodaySummary => ({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, todayTokens: 0, estimatedCost: 0, requests });
  const seen = (id: number) => snapshotOf({ recent: [{ id } as RequestLogItem] });

  it('asks when something was requested since, at most every half minute, and on a new day', async () => {
    let asked = 0;
    const today = new Today(() => Promise.resolve(summary(asked += 1)));
    const drawn = new Promise<void>((done) => void today.onChange(done));
    today.look(seen(1), now);
    await drawn;
    assert.equal(today.summary?.requests, 1);
    today.look(seen(2), now + 29_000);
    assert.equal(asked, 1);
    today.look(seen(2), now + 30_000);
    assert.equal(asked, 2);
    today.look(seen(2), now + 90_000);
    assert.equal(asked, 2);
    today.look(seen(2), now + 86_400_000);
    assert.equal(asked, 3);
  });

  it('asks nobody while nobody leads, and again after a failure', async () => {
    let asked = 0;
    const today = new Today(() => {
      asked += 1;
      return Promise.reject(new Error('gone'));
    });
    today.look(snapshotOf({ seat: { role: 'electing' } }), now);
    assert.equal(asked, 0);
    today.look(seen(1), now);
    await new Promise((done) => void setImmediate(done));
    today.look(seen(1), now + 29_000);
    assert.equal(asked, 1);
    today.look(seen(1), now + 30_000);
    assert.deepEqual([asked, today.summary], [2, null]);
  });
});
