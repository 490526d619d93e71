import assert from 'node:assert/strict';
import type { TokenPrices } from '../../../src/contract/prices.ts';
import { PriceBook } from '../../../src/service/priceBook.ts';

const own: TokenPrices = { input: 1, cachedInput: 1, output: 1, cacheWrite: null, longContext: null };
const usage = { input: 1_000_000, cached: 0, output: 0, cacheWritten: 0 };

describe('PriceBook', () => {
  it('prices by its own prices before the built-in ones, with a version of its own for every change', async () => {
    let kept = '';
    const keep = (json: string) => Promise.resolve(void (kept = json));
    const book = new PriceBook(undefined, keep);
    const cost = (model: string) => book.costOf(model, usage);
    const versions = [book.version];
    assert.deepEqual([cost('gpt-5.2'), cost('gpt-7')], [1.75, null]);
    await Promise.all([book.set('gpt-7', own), book.set('gpt-5.5', own)]);
    versions.push(book.version);
    assert.deepEqual([cost('gpt-7'), cost('gpt-7-mini'), cost('gpt-5.5-2026-04-23'), cost('gpt-5.5-pro')], [1, 1, 1, null]);
    const again = new PriceBook(kept, keep);
    assert.deepEqual(again.list(), book.list());
    await again.reset('gpt-7');
    versions.push(again.version);
    await again.reset(null);
    versions.push(again.version);
    assert.deepEqual([again.costOf('gpt-7', usage), again.list().items.some(({ own: prices }) => prices !== null)], [null, false]);
    assert.equal(new Set(versions).size, 4);
    assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
  });

  it('changes nothing that could not be kept, and begins anew when what was kept cannot be read', async () => {
    const book = new PriceBook('{"changes":1,"own":{"x":{"input":"free"}}}', () => Promise.reject(new Error('disk')));
    const before = book.list();
    await assert.rejects(book.set('gpt-7', own), /disk/);
    assert.deepEqual(book.list(), before);
  });
});
