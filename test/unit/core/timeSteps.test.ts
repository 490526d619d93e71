import assert from 'node:assert/strict';
import { localDay, localHour, timeSteps } from '../../../src/core/timeSteps.ts';

describe('timeSteps', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const seconds = (text: string): number => Date.parse(text) / 1000;
  const begins = (from: string, to: string, step: Parameters<typeof timeSteps>[2]): string[] | undefined => timeSteps(seconds(from), seconds(to), step, 100)?.map((one) => new Date(one.from * 1000).toISOString().slice(0, 16));

  it('are whole hours, days, weeks from Monday and months of the local clock', () => {
    process.env['TZ'] = 'Asia/Kathmandu'; // UTC+05:45
    assert.deepEqual(begins('2026-11-25T00:20Z', '2026-11-25T01:30Z', 'hour'), ['2026-11-25T00:15', '2026-11-25T01:15']);
    assert.deepEqual(begins('2026-11-24T18:15Z', '2026-11-25T18:15Z', 'day'), ['2026-11-24T18:15']);
    assert.deepEqual(begins('2026-11-29T00:00Z', '2026-11-30T00:00Z', 'week'), ['2026-11-22T18:15', '2026-11-29T18:15']);
    assert.deepEqual(begins('2026-10-31T18:14Z', '2026-12-01T00:00Z', 'month'), ['2026-09-30T18:15', '2026-10-31T18:15', '2026-11-30T18:15']);
    assert.deepEqual([localHour(seconds('2026-11-25T01:14Z')), localDay(seconds('2026-11-25T18:14Z'))], [seconds('2026-11-25T00:15Z'), seconds('2026-11-24T18:15Z')]);
  });

  it('follow each other without a gap where the clock is put forward and back', () => {
    process.env['TZ'] = 'Europe/Berlin';
    for (const [from, to, days] of [['2026-03-28T00:00Z', '2026-03-31T00:00Z', [24, 23, 24, 24]], ['2026-10-24T00:00Z', '2026-10-26T20:00Z', [24, 25, 24]]] as const) {
      const steps = timeSteps(seconds(from), seconds(to), 'day', 100) ?? [];
      assert.deepEqual(steps.map((one) => (one.to - one.from) / 3_600), days);
      assert.ok(steps.every((one, i) => i === 0 || one.from === steps[i - 1]?.to));
    }
  });

  it('are no more than asked for', () => {
    assert.equal(timeSteps(0, 86_400, 'hour', 23), null);
    assert.equal(timeSteps(0, 0, 'hour', 23)?.length, 0);
    assert.equal(timeSteps(0, 1e15, 'hour', 1_000), null);
  });
});
