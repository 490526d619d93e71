import assert from 'node:assert/strict';
import type { StatisticsBy } from '../../../src/contract/statistics.ts';
import { logTuple } from '../../../src/core/logTuple.ts';
import type { RequestLogRow } from '../../../src/core/records.ts';
import { timeSteps } from '../../../src/core/timeSteps.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, openOn, requestRow } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const day = 86_400;
/** A Monday, midnight of the local clock. */
const monday = new Date(2026, 5, 1).getTime() / 1000;

describe('RequestTotals', () => {
  let databases: Databases;
  beforeEach(async () => { databases = await openOn(new MemoryDisk()); });
  afterEach(() => closeBoth(databases));

  const append = (...rows: Partial<RequestLogRow>[]) => databases.log.transaction(() => databases.requests.append(rows.map((row) => logTuple(requestRow(row)))));
  const ask = (by: StatisticsBy, step: 'hour' | 'day' | 'week' | 'month', from = monday, to = monday + 7 * day) => databases.requests.statistics(by, timeSteps(from, to, step, 1_000) ?? []);
  const counts = (by: StatisticsBy, step: 'hour' | 'day' | 'week' | 'month') => ask(by, step).map(({ from, value, requests }) => [(from - monday) / 3_600, value, requests]);

  it('adds up what charts show, of all and by every value', () => {
    append(
      { createdAt: monday }, { createdAt: monday + 3_599, statusCode: 502, error: 'reset', model: 'other', firstByteMs: null, estimatedCostUsd: null, client: null },
      { createdAt: monday + 3_600, accountId: null, inputTokens: null, cachedInputTokens: null, outputTokens: null, reasoningOutputTokens: null, cacheWriteTokens: null, estimatedCostUsd: null, statusCode: null, firstByteMs: null },
    );
    const [all] = ask('none', 'day');
    assert.deepEqual(all, {
      from: monday, to: monday + day, value: null, requests: 3, errors: 2, inputTokens: 200, cachedInputTokens: 80, outputTokens: 40, reasoningOutputTokens: 10, cacheWriteTokens: 6,
      estimatedCost: 0.00125, unpriced: 1, firstByteMs: 300, firstByteCount: 1, durationMs: 6_000,
    });
    assert.deepEqual(counts('none', 'hour'), [[0, null, 2], [1, null, 1]]);
    assert.deepEqual(counts('model', 'hour'), [[0, 'gpt-5.2', 1], [0, 'other', 1], [1, 'gpt-5.2', 1]]);
    assert.deepEqual(counts('account', 'day'), [[0, null, 1], [0, 'account-1', 2]]);
    assert.deepEqual(counts('client', 'week'), [[0, null, 1], [0, 'codex_cli_rs', 2]]);
    assert.deepEqual(counts('status', 'month'), [[0, null, 1], [0, '200', 1], [0, '502', 1]]);
    assert.deepEqual(counts('key', 'day'), [[0, 'gk_1', 3]]);
  });

  it('is the same in one batch and in many, and survives a cleared log', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ createdAt: monday + i * 9_000, model: `m${i % 3}`, accountId: `a${i % 2}` }));
    append(...rows);
    const whole = ask('model', 'day');
    closeBoth(databases);
    return openOn(new MemoryDisk()).then((again) => {
      databases = again;
      for (const row of rows) append(row);
      databases.log.transaction(() => databases.requests.clear());
      // Sums of parts of a cent differ in their last digit by the order they were made in.
      const rounded = (list: typeof whole) => list.map((one) => ({ ...one, estimatedCost: one.estimatedCost.toFixed(9) }));
      assert.deepEqual(rounded(ask('model', 'day')), rounded(whole));
      assert.equal(whole.reduce((sum, { requests }) => sum + requests, 0), 60);
    });
  });

  it('refuses more sums than a chart can show', () => {
    append(...Array.from({ length: 8_100 }, (_, i) => ({ createdAt: monday, model: `m${i}` })));
    assert.throws(() => ask('model', 'hour'), { code: 'tooLarge', message: /8000 sums/ });
    assert.throws(() => ask('model', 'day'), { code: 'tooLarge' });
  });
});
