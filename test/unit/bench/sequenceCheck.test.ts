import assert from 'node:assert/strict';
import { pacedEnd, pacedEvent, pacedOpening, readPace, sseBytes, sseEvents, writePace } from '../../bench/answers.ts';
import { SequenceCheck } from '../../bench/sequenceCheck.ts';

/** What the check says about these events, fed in pieces. */
function verdict(events: readonly Buffer[], expected: number, pieceBytes = 10_000): { problem: string | null; stamps: [bigint, boolean][] } {
  const check = new SequenceCheck();
  const stamps: [bigint, boolean][] = [];
  const bytes = Buffer.concat(events);
  for (let at = 0; at < bytes.length; at += pieceBytes) check.push(bytes.subarray(at, at + pieceBytes), (writtenAt, first) => stamps.push([writtenAt, first]));
  return { problem: check.finish(expected), stamps };
}

const paced = [pacedOpening, pacedEvent(0, 11n), pacedEvent(1, 12n), pacedEnd(2)] as const;
const [opening, first, second, last] = paced;

describe('SequenceCheck', () => {
  it('finds nothing wrong with whole streams, in any pieces', () => {
    for (const pieceBytes of [1, 13, 10_000]) {
      assert.equal(verdict(sseEvents, 30, pieceBytes).problem, null);
      assert.deepEqual(verdict(paced, 5, pieceBytes), { problem: null, stamps: [[11n, true], [12n, false]] });
    }
  });

  it('passes over keep-alives', () => assert.equal(verdict([opening, Buffer.from('event: keepalive\ndata: {"type":"keepalive"}\n\n'), first, second, last], 5).problem, null));

  it('sees a lost event', () => assert.match(verdict([opening, second, last], 5).problem ?? '', /event 3 came where 2 was due/));
  it('sees swapped events', () => assert.match(verdict([opening, second, first, last], 5).problem ?? '', /event 3 came where 2/));
  it('sees an event that came twice', () => assert.match(verdict([opening, first, first, second, last], 5).problem ?? '', /event 2 came where 3/));
  it('sees a missing end', () => assert.match(verdict([opening, first, second], 5).problem ?? '', /without response.completed/));
  it('sees a cut event', () => assert.match(verdict([opening, first, last.subarray(0, -1)], 5).problem ?? '', /middle of an event/));
  it('sees what follows the end', () => assert.match(verdict([...paced, pacedEvent(3, 13n)], 6).problem ?? '', /after response.completed/));
  it('sees a stream that is shorter than asked for', () => assert.match(verdict([opening, first, pacedEnd(1)], 5).problem ?? '', /4 of 5/));
});

describe('answers', () => {
  it('has thirty events of about two hundred bytes', () => {
    assert.equal(sseEvents.length, 30);
    assert.ok(sseBytes.length > 30 * 180 && sseBytes.length < 30 * 260, `${sseBytes.length} bytes`);
  });

  it('reads the pace it writes, and nothing else', () => {
    const pace = { contentEvents: 4, eventsPerSecond: 1_000, hold: 256 };
    assert.deepEqual(readPace(writePace(pace)), pace);
    assert.equal(readPace('sse'), null);
  });
});
