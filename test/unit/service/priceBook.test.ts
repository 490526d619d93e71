import assert from 'node:assert/strict';
import type { TokenPrices } from '../../../src/contract/prices.ts';
import { PriceBook } from '../../../src/service/priceBook.ts';
import { requestRow } from '../storage/harness.ts';

const own: TokenPrices = { input: 1, cachedInput: 1, output: 1, cacheWrite: null, longContext: null };
const row = (model: string) => requestRow({ model, inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, estimatedCostUsd: null, priceVersion: null });

describe('PriceBook', () => {
  it('prices by its own prices before the built-in ones, with a version of its own for every change', async () => {
    let kept = '';
    const keep = (json: string) => Promise.resolve(void (kept = json));
    const book = new PriceBook(undefined, keep);
    const cost = (model: string) => book.priced(row(model)).estimatedCostUsd;
    const versions = [book.version];
    assert.deepEqual([cost('gpt-5.2'), cost('gpt-7'), book.priced(row('gpt-7')).priceVersion], [1.75, null, null]);
    await Promise.all([book.set('gpt-7', own), book.set('gpt-5.5', own)]);
    versions.push(book.version);
    assert.deepEqual([cost('gpt-7'), cost('gpt-7-mini'), cost('gpt-5.5-2026-04-23'), cost('gpt-5.5-pro'), book.priced(row('gpt-7')).priceVersion], [1, 1, 1, null, book.version]);
    const again = new PriceBook(kept, keep);
    assert.deepEqual(again.list(), book.list());
    await again.reset('gpt-7');
    versions.push(again.version);
    await again.reset(null);
    versions.push(again.version);
    assert.deepEqual([again.priced(row('gpt-7')).estimatedCostUsd, again.list().items.some(({ own: prices }) => prices !== null)], [null, false]);
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
