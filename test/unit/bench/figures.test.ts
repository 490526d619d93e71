import assert from 'node:assert/strict';
import { median, percentile, spread } from '../../bench/figures.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

describe('percentile', () => {
  it('is the value at or below which that part lies, whatever the order', () => {
    assert.equal(percentile(hundred, 0.5), 50);
    assert.equal(percentile(hundred, 0.99), 99);
    assert.equal(percentile(hundred, 1), 100);
  });

  it('sorts by value and not by text', () => assert.equal(percentile([2, 10, 9], 1), 10));

  it('is the only value of one, and NaN of none', () => {
    assert.equal(percentile([7], 0.99), 7);
    assert.ok(Number.isNaN(percentile([], 0.5)));
  });
});

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 2, 100]), 3);
    assert.ok(Number.isNaN(median([])));
  });
});

describe('spread', () => {
  it('keeps count, middle, tail and worst', () => assert.deepEqual(spread(hundred), { count: 100, p50: 50, p99: 99, max: 100 }));
});
