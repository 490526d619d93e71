import assert from 'node:assert/strict';
import { LineBuffer } from '../../../src/service/lineBuffer.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('LineBuffer', () => {
  it('gives back whole lines in their order, once, in memory of their own', () => {
    const lines = new LineBuffer({ mostBytes: 1_000_000, mostLines: 10 });
    lines.add('one');
    lines.add('zwei ü 汉字 😀');
    const first = lines.take();
    lines.add('three');
    assert.equal(text(first), 'one\nzwei ü 汉字 😀\n');
    assert.equal(first.buffer.byteLength, first.length);
    assert.equal(text(lines.take()), 'three\n');
    assert.equal(lines.take().length, 0);
  });

  it('takes so many lines and says which it did not take', () => {
    const lines = new LineBuffer({ mostBytes: 1_000_000, mostLines: 2 });
    assert.deepEqual(['one', 'two', 'three'].map((line) => lines.add(line)), [true, true, false]);
    assert.equal(lines.lines, 2);
    assert.equal(text(lines.take()), 'one\ntwo\n');
    assert.deepEqual([lines.lines, lines.add('four')], [0, true]);
  });

  it('grows as far as it may and drops what is more', () => {
    const lines = new LineBuffer({ mostBytes: 200_000, mostLines: 9_999 });
    for (let i = 0; i < 3_000; i += 1) lines.add('x'.repeat(99));
    const { length } = lines.take();
    assert.equal(length % 100, 0);
    assert.ok(length > 190_000 && length <= 200_000, String(length));
    lines.add('again');
    assert.equal(text(lines.take()), 'again\n');
  });
});
