import assert from 'node:assert/strict';
import { LineBuffer } from '../../../src/service/lineBuffer.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('LineBuffer', () => {
  it('gives back whole lines in their order, once, in memory of their own', () => {
    const lines = new LineBuffer(1_000_000);
    lines.add('one');
    lines.add('zwei ü 汉字 😀');
    const first = lines.take();
    lines.add('three');
    assert.equal(text(first), 'one\nzwei ü 汉字 😀\n');
    assert.equal(first.buffer.byteLength, first.length);
    assert.equal(text(lines.take()), 'three\n');
    assert.equal(lines.take().length, 0);
  });

  it('grows as far as it may and drops what is more', () => {
    const lines = new LineBuffer(200_000);
    for (let i = 0; i < 3_000; i += 1) lines.add('x'.repeat(99));
    const { length } = lines.take();
    assert.equal(length % 100, 0);
    assert.ok(length > 190_000 && length <= 200_000, String(length));
    lines.add('again');
    assert.equal(text(lines.take()), 'again\n');
  });
});
