import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TokenPrices } from '../../../src/contract/prices.ts';
import { modelPrices } from '../../../src/core/modelPrices.ts';
import { costOf, familyOf } from '../../../src/core/pricing.ts';
import { estimateCost } from '../../lab/builtInCost.ts';

const near = (actual: number | null, expected: number): void => assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
const prices: TokenPrices = { input: 2, cachedInput: 0.1, output: 10, cacheWrite: 2.5, longContext: { above: 272_000, input: 4, cachedInput: 0.2, output: 15, cacheWrite: 5 } };

describe('the price table', () => {
  it('names each family once, with sound prices and where they are stated', () => {
    assert.equal(new Set(modelPrices.map(({ family }) => family)).size, modelPrices.length);
    for (const { family, source, date, ...rest } of modelPrices) {
      assert.ok(TokenPrices.safeParse(rest).success && rest.cachedInput <= rest.input && rest.input <= rest.output, family);
      assert.match(source, /^https:\/\//);
      assert.match(date ?? '2026-01-01', /^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it('has the values of CodexManager v0.1.3', () => {
    const usage = { input: 2_000, cached: 1_000, output: 1_000, cacheWritten: null };
    near(estimateCost('GPT-5.2-codex', usage), 0.00175 + 0.000175 + 0.014);
    near(estimateCost('gpt-5.1-codex-mini', usage), 0.00025 + 0.000025 + 0.002);
    near(estimateCost('gpt-4-turbo', usage), 0.03 + 0.03 + 0.06);
    near(estimateCost('claude-3-7-sonnet', usage), 0.003 + 0.003 + 0.015);
  });
});

describe('familyOf', () => {
  it('takes the longest name, and prices nothing it does not know', () => {
    const of = (model: string) => familyOf(model, modelPrices)?.family ?? null;
    assert.deepEqual(['gpt-5', 'gpt-5-mini', 'gpt-5-codex-x', ' GPT-5.1-codex-max ', 'gpt-4o-mini', 'gpt-6.1-sol', 'gpt-6.1-sol-2026-09-29', 'gpt-5.5-20260423'].map(of),
      ['gpt-5', 'gpt-5', 'gpt-5-codex', 'gpt-5.1-codex-max', 'gpt-4o', 'gpt-6.1-sol', 'gpt-6.1-sol', 'gpt-5.5']);
    assert.deepEqual(['gpt-5.5-pro', 'gpt-6.1-sol-ultrafast', 'gpt-6.1', 'gpt-50', 'o3', ''].map(of), [null, null, null, null, null, null]);
  });
});

describe('costOf', () => {
  it('counts each token of input once: read from the cache, written into it, or fresh', () => {
    near(costOf(prices, { input: 100_000, cached: 60_000, output: 1_000, cacheWritten: 30_000 }), (10_000 * 2 + 60_000 * 0.1 + 30_000 * 2.5 + 1_000 * 10) / 1e6);
    near(costOf({ ...prices, cacheWrite: null }, { input: 100_000, cached: 60_000, output: 1_000, cacheWritten: 30_000 }), (40_000 * 2 + 60_000 * 0.1 + 1_000 * 10) / 1e6);
    near(costOf(prices, { input: 100, cached: 500, output: 0, cacheWritten: 500 }), 100 * 0.1 / 1e6);
    assert.deepEqual([costOf(prices, { input: null, cached: 1, output: 1, cacheWritten: 1 }), costOf(prices, { input: 1, cached: 1, output: null, cacheWritten: 1 })], [null, null]);
  });

  it('prices a whole request higher when its input is longer than the threshold, not at it', () => {
    near(costOf(prices, { input: 272_000, cached: 0, output: 10, cacheWritten: 0 }), (272_000 * 2 + 100) / 1e6);
    near(costOf(prices, { input: 272_001, cached: 1, output: 10, cacheWritten: 1_000 }), (271_000 * 4 + 0.2 + 1_000 * 5 + 150) / 1e6);
  });

  it('is never negative and never more than everything at the highest price', () => {
    const count = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 2_000_000 }));
    fc.assert(fc.property(fc.nat(2_000_000), count, fc.nat(200_000), count, (input, cached, output, cacheWritten) => {
      const cost = costOf(prices, { input, cached, output, cacheWritten });
      assert.ok(cost !== null && cost >= 0 && cost <= (input * 5 + output * 15) / 1e6 + 1e-9);
    }));
  });
});
