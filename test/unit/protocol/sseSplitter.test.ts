import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SseSplitter } from '../../../src/protocol/sseSplitter.ts';

/** Feeds the pieces and returns the events and all bytes that came out. */
function split(pieces: readonly Buffer[]): { events: string[]; out: string; pending: number } {
  const events: string[] = [];
  const splitter = new SseSplitter((buffer, start, end) => events.push(buffer.toString('latin1', start, end)));
  const out = pieces.map((piece) => splitter.push(piece)?.toString('latin1') ?? '').join('');
  return { events, out, pending: splitter.pendingBytes };
}

const stream = fc.array(fc.tuple(fc.array(fc.constantFrom('data: x', ': ping', 'event: e', 'data: {"a":1}'), { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n')), { maxLength: 6 })
  .map((events) => events.map(([lines, end]) => lines.map((line) => line + end).join('') + end).join(''));

describe('SseSplitter', () => {
  it('gives the same events for any split of the same bytes', () => {
    fc.assert(fc.property(stream, fc.constantFrom('', 'data: unfinished'), fc.array(fc.nat(200)), (text, tail, cuts) => {
      const bytes = Buffer.from(text + tail);
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      const whole = split([bytes]);
      assert.deepEqual(split(pieces), whole);
      assert.deepEqual(split([...bytes].map((byte) => Buffer.from([byte]))), whole);
      assert.equal(whole.out, text);
      assert.equal(whole.pending, tail.length);
    }));
  });

  it('passes a chunk of whole events on without a copy', () => {
    const chunk = Buffer.from('data: 1\n\ndata: 2\n\n');
    assert.equal(new SseSplitter(() => undefined).push(chunk), chunk);
  });

  it('knows LF, CRLF and CR', () => {
    assert.deepEqual(split([Buffer.from('a\n\nb\r\n\r\nc\r\rd\n\r\ne')]).events, ['a\n\n', 'b\r\n\r\n', 'c\r\r', 'd\n\r\n']);
  });
});
