import assert from 'node:assert/strict';
import { ResponseReader } from '../../bench/responseReader.ts';

interface Answer { status: number; body: string; ended: boolean }

/** Reads the text in pieces of so many bytes, as `count` answers one behind the other. */
function read(text: string, pieceBytes: number, count = 1): Answer[] {
  const reader = new ResponseReader();
  const answers: Answer[] = [];
  const expectNext = (): void => {
    if (answers.length === count) return;
    const answer = { status: 0, body: '', ended: false };
    answers.push(answer);
    reader.expect({
      onHead: (status) => void (answer.status = status),
      onBody: (bytes) => void (answer.body += bytes.toString()),
      onEnd: () => {
        answer.ended = true;
        expectNext();
      },
    });
  };
  expectNext();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return answers;
}

const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n';
const sized = 'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nbusy';
const bare = 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n';

describe('ResponseReader', () => {
  for (const pieceBytes of [1, 2, 3, 7, 50, 10_000]) {
    it(`reads answers one behind the other in pieces of ${pieceBytes}`, () => {
      assert.deepEqual(read(chunked + sized + bare + chunked, pieceBytes, 4), [
        { status: 200, body: 'helloabcdefghijklmnopqrstuvwxyz', ended: true },
        { status: 429, body: 'busy', ended: true },
        { status: 204, body: '', ended: true },
        { status: 200, body: 'helloabcdefghijklmnopqrstuvwxyz', ended: true },
      ]);
    });
  }

  it('does not end an answer before its last chunk', () => assert.equal(read(chunked.slice(0, -2), 9)[0]?.ended, false));

  it('refuses an answer whose end nobody can know', () => assert.throws(() => read('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx', 100), /neither its length/));

  it('refuses chunks that are not as long as they say', () => assert.throws(() => read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n', 100), /framed/));
});
