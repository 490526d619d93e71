import assert from 'node:assert/strict';
import { KeyLimits, KeyLimitsChange } from '../../../src/contract/platformKey.ts';
import { KeyLedger } from '../../../src/core/keyLedger.ts';
import { allowsModel, amountOf, assumedOutputTokens, changedLimits, effortUnder, estimateAmount, fits, isCounted, noLimits, readLimits } from '../../../src/core/keyLimits.ts';
import { estimateCost } from '../../lab/builtInCost.ts';
import { MinuteCount } from '../../../src/core/minuteCount.ts';
import { dayOf, localTimeText, windowOf, type WindowKind } from '../../../src/core/localWindows.ts';

const usage = (input: number, output: number) => ({ input, output, cached: 0, reasoning: 0, total: input + output, cacheWritten: null });

describe('the windows of the local calendar', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const inZone = (name: string, kind: WindowKind, at: string): [string, string, number] => {
    process.env['TZ'] = name;
    const moment = Date.parse(at);
    const { firstDay, endDay, endsAt } = windowOf(kind, moment);
    return [firstDay, endDay, (endsAt - moment) / 3_600_000];
  };

  it('end at midnight, on Monday and on the 1st', () => {
    assert.deepEqual(inZone('UTC', 'day', '2026-11-25T22:00:00Z'), ['2026-11-25', '2026-11-26', 2]);
    assert.deepEqual(inZone('UTC', 'day', '2026-11-26T00:00:00Z'), ['2026-11-26', '2026-11-27', 24]);
    assert.deepEqual(inZone('UTC', 'week', '2026-11-25T00:00:00Z'), ['2026-11-23', '2026-11-30', 5 * 24]);
    assert.deepEqual(inZone('UTC', 'week', '2026-11-29T23:00:00Z'), ['2026-11-23', '2026-11-30', 1]);
    assert.deepEqual(inZone('UTC', 'week', '2026-11-30T00:00:00Z'), ['2026-11-30', '2026-12-07', 7 * 24]);
    assert.deepEqual(inZone('UTC', 'week', '2026-01-01T00:00:00Z'), ['2025-12-29', '2026-01-05', 4 * 24]);
    assert.deepEqual(inZone('UTC', 'month', '2026-12-31T23:00:00Z'), ['2026-12-01', '2027-01-01', 1]);
    assert.deepEqual(inZone('UTC', 'month', '2028-02-29T00:00:00Z'), ['2028-02-01', '2028-03-01', 24]);
    assert.equal(inZone('Asia/Shanghai', 'day', '2026-11-25T20:00:00Z')[0], '2026-11-26');
  });

  it('are shorter and longer where clocks change, also at midnight', () => {
    assert.deepEqual(inZone('Europe/Berlin', 'day', '2026-03-28T23:00:00Z'), ['2026-03-29', '2026-03-30', 23]);
    assert.deepEqual(inZone('Europe/Berlin', 'day', '2026-10-24T22:00:00Z'), ['2026-10-25', '2026-10-26', 25]);
    assert.deepEqual(inZone('Europe/Berlin', 'week', '2026-10-18T22:00:00Z'), ['2026-10-19', '2026-10-26', 7 * 24 + 1]);
    // In Beirut 2026-03-29 begins at one o'clock.
    assert.deepEqual(inZone('Asia/Beirut', 'day', '2026-03-28T22:00:00Z'), ['2026-03-29', '2026-03-30', 23]);
    assert.deepEqual(inZone('Asia/Beirut', 'month', '2026-03-31T20:00:00Z'), ['2026-03-01', '2026-04-01', 1]);
    process.env['TZ'] = 'Asia/Beirut';
    assert.equal(localTimeText(Date.parse('2026-03-28T22:00:00Z')), '2026-03-29 01:00');
  });

  it('hold every moment of theirs and no other', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'Asia/Beirut', 'America/St_Johns']) {
      process.env['TZ'] = name;
      for (const kind of ['day', 'week', 'month'] as const) {
        for (let at = Date.parse('2026-01-01T00:30:00Z'); at < Date.parse('2027-01-01T00:00:00Z'); at += 7 * 3_600_000) {
          const { firstDay, endDay, endsAt } = windowOf(kind, at);
          assert.ok(firstDay <= dayOf(at) && dayOf(at) < endDay && endsAt > at);
          assert.deepEqual([windowOf(kind, endsAt - 1).endDay, windowOf(kind, endsAt).firstDay], [endDay, endDay], `${name} ${kind} ${at}`);
        }
      }
    }
  });
});

describe('the rules of limits', () => {
  it('let a request run that fits, or that runs alone while something is left', () => {
    const fit = (used: number, reserved: number, estimate: number): boolean => fits({ used, reserved, estimate, limit: 100 });
    assert.deepEqual([fit(50, 25, 25), fit(50, 25, 26), fit(99, 0, 500), fit(99, 1, 1), fit(100, 0, 0), fit(100, 0, 1)], [true, false, true, false, true, false]);
  });

  it('estimate a request by its bytes and what it says of its answer, and count what the provider counted', () => {
    assert.deepEqual(estimateAmount('gpt-5.2', 4_001, { maxOutput: 100, cost: estimateCost }), { tokens: 1_101, cost: 1_001 * 1_750 + 100 * 14_000 });
    assert.equal(estimateAmount(null, 0, { maxOutput: null, cost: estimateCost }).tokens, assumedOutputTokens);
    assert.deepEqual(amountOf('gpt-5.2', estimateCost, usage(100, 10)), { tokens: 110, cost: 100 * 1_750 + 10 * 14_000 });
    assert.deepEqual(amountOf('no-such-model', estimateCost, { ...usage(3, 4), total: null }), { tokens: 7, cost: 0 });
  });

  it('allow models by name and by beginning', () => {
    const may = (model: string | null): boolean => allowsModel(['gpt-5.2', 'gpt-6*'], model);
    assert.deepEqual(['gpt-5.2', 'GPT-5.2', 'gpt-5.2-codex', 'gpt-6', 'gpt-6.1-sol', 'gpt-5', null].map(may), [true, true, false, true, true, false, false]);
    assert.ok(allowsModel(['*'], 'anything'));
  });

  it('lower an effort to the ceiling, and leave a lower one', () => {
    const under = (ceiling: string | null, ...asked: (string | null)[]) => asked.map((effort) => effortUnder(ceiling, effort));
    assert.deepEqual(under('medium', 'low', 'medium', 'high', 'xhigh', 'HIGH', 'none', 'minimal', 'ultra', null), ['low', 'medium', 'medium', 'medium', 'medium', 'none', 'minimal', 'medium', null]);
    assert.deepEqual(under('low', null, 'medium', 'low'), ['low', 'low', 'low'], 'a request that does not say gets what the provider takes: medium');
    assert.deepEqual(under(null, 'xhigh', null), ['xhigh', null]);
  });

  it('are changed one by one, and read from what an earlier version wrote', () => {
    const some = changedLimits(null, { tokensPerDay: 5, models: ['a*'] });
    assert.deepEqual(some, { ...noLimits, tokensPerDay: 5, models: ['a*'] });
    assert.deepEqual(changedLimits(some, { models: null, costPerDay: undefined }), { ...noLimits, tokensPerDay: 5 });
    assert.deepEqual([changedLimits(some, { models: null, tokensPerDay: null }), changedLimits(some, null)], [null, null]);
    assert.deepEqual(readLimits({ tokensPerDay: 5, ofTomorrow: 1 }), { ...noLimits, tokensPerDay: 5 });
    assert.deepEqual([readLimits(null), readLimits('x'), readLimits({ tokensPerDay: -1 }), readLimits({})], [null, null, null, null]);
  });

  it('refuse what is no limit', () => {
    for (const wrong of [{ tokensPerDay: 0 }, { tokensPerDay: 1.5 }, { costPerDay: 0 }, { models: [] }, { models: ['a b'] }, { models: ['*a'] }, { effortCeiling: 'max' }, { perCentury: 1 }]) assert.ok(!KeyLimitsChange.safeParse(wrong).success, JSON.stringify(wrong));
    assert.ok(KeyLimits.safeParse({ ...noLimits, models: ['gpt-5*', '*'], costPerMonth: 0.5 }).success);
    assert.deepEqual([{ ...noLimits, models: ['a'], concurrentRequests: 1, effortCeiling: 'low' as const }, { ...noLimits, requestsPerMinute: 1 }, { ...noLimits, costPerMonth: 1 }].map(isCounted), [false, true, true]);
  });
});

describe('a count of the last minute', () => {
  it('is what began within it, however many there were, and whatever the clock does', () => {
    const count = new MinuteCount();
    const truth: number[] = [];
    let now = 1_000_000;
    for (let i = 0; i < 5_000; i++) {
      now += i % 7 * 40;
      const within = truth.filter((at) => at > now - 60_000);
      assert.equal(count.freeAt(300, now), within.length < 300 ? null : (within.at(-300) ?? 0) + 60_000);
      assert.equal(count.size, within.length);
      count.add(now);
      truth.push(now);
      if (i % 10 === 0) count.remove(truth.pop() ?? 0);
    }
    assert.equal(count.freeAt(1, now - 3_600_000), null, 'an hour ahead of a clock that was set back');
    assert.equal(count.freeAt(1, now), null);
  });
});

describe('the ledger of a key', () => {
  const day = Date.parse('2026-11-25T12:00:00');
  const nothing = { tokens: 0, cost: 0 };
  const tokens = (count: number) => ({ tokens: count, cost: 0 });

  it('lets exactly so many begin in any 60 seconds', () => {
    const ledger = new KeyLedger();
    const limits = { ...noLimits, requestsPerMinute: 2 };
    let id = 0;
    const ask = (ms: number): number | null => {
      const reached = ledger.reached(limits, nothing, day + ms);
      if (!reached) ledger.reserve(++id, nothing, day + ms);
      return reached && (reached.freeAt ?? 0) - day;
    };
    assert.deepEqual([0, 30_000, 30_001, 59_999, 60_000, 60_001, 90_000].map(ask), [null, null, 60_000, 60_000, null, 90_000, null]);
    ledger.cancel(id);
    assert.equal(ask(90_001), null, 'what never began does not count');
  });

  it('says when a budget is free: at the end of its window, or when what runs is over', () => {
    const ledger = new KeyLedger();
    const limits = { ...noLimits, tokensPerDay: 100, tokensPerWeek: 150 };
    ledger.reserve(1, tokens(90), day);
    assert.deepEqual(ledger.reached(limits, tokens(20), day), { name: 'tokensPerDay', used: 0, reserved: 90, limit: 100, freeAt: null });
    ledger.settle(1, tokens(120));
    assert.equal(ledger.reached(limits, tokens(1), day)?.freeAt, windowOf('day', day).endsAt);
    const tomorrow = day + 24 * 3_600_000;
    assert.equal(ledger.reached(limits, tokens(500), tomorrow), null, 'alone, while something is left');
    ledger.reserve(2, tokens(10), tomorrow);
    ledger.settle(2, tokens(30));
    assert.deepEqual(ledger.reached(limits, tokens(1), tomorrow), { name: 'tokensPerWeek', used: 150, reserved: 0, limit: 150, freeAt: windowOf('week', day).endsAt });
    assert.deepEqual(ledger.usage(limits, tomorrow).map(({ name, used, reserved, limit }) => [name, used, reserved, limit]), [['tokensPerDay', 30, 0, 100], ['tokensPerWeek', 150, 0, 150]]);
  });

  it('counts a request on the day it began, and each settlement once', () => {
    const ledger = new KeyLedger();
    const late = windowOf('day', day).endsAt - 1;
    ledger.reserve(1, tokens(10), late);
    ledger.settle(1, tokens(7));
    ledger.settle(1, tokens(7));
    const used = (at: number) => ledger.usage({ ...noLimits, tokensPerDay: 100 }, at)[0]?.used;
    assert.deepEqual([used(late), used(late + 1)], [7, 0]);
  });

  it('counts what runs, whatever is on disk', () => {
    const ledger = new KeyLedger();
    const limits = { ...noLimits, concurrentRequests: 1 };
    ledger.begin();
    assert.deepEqual(ledger.reached(limits, nothing, day), { name: 'concurrentRequests', used: 1, reserved: 0, limit: 1, freeAt: null });
    ledger.end();
    assert.equal(ledger.reached(limits, nothing, day), null);
  });
});
