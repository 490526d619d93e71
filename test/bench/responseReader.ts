/** Who hears an answer. `bytes` are a view of the read buffer: valid during the call. */
export interface AnswerSink {
  onHead(status: number): void;
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

const headEnd = Buffer.from('\r\n\r\n');
const none = Buffer.alloc(0);

/** Reads HTTP/1.1 answers, one behind the other, out of whatever pieces they come in: just what our own servers send, for little CPU. Throws on anything else. */
export class ResponseReader {
  #sink: AnswerSink | null = null;
  #state: 'head' | 'body' | 'size' | 'chunk' | 'chunkEnd' | 'trailer' = 'head';
  #left = 0;
  #rest: Buffer = none;

  /** The next answer goes to `sink`. */
  expect(sink: AnswerSink): void {
    this.#sink = sink;
  }

  push(piece: Buffer): void {
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = none;
    let at = 0;
    while (at < data.length) {
      const next = this.#step(data, at);
      if (next < 0) {
        // A view would keep what the socket gave; a copy of a few bytes does not.
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Where reading goes on, -1 when more bytes are needed. */
  #step(data: Buffer, at: number): number {
    switch (this.#state) {
      case 'head': return this.#readHead(data, at);
      case 'size': return this.#readSize(data, at);
      case 'chunkEnd':
      case 'trailer': return this.#readLineEnd(data, at);
      case 'body':
      case 'chunk': return this.#readBytes(data, at);
    }
  }

  #readHead(data: Buffer, at: number): number {
    const end = data.indexOf(headEnd, at);
    if (end < 0) return -1;
    const head = data.toString('latin1', at, end).toLowerCase();
    this.#sink?.onHead(Number(head.slice(9, 12)));
    const length = /\r\ncontent-length: *(\d+)/.exec(head);
    if (length) this.#left = Number(length[1]);
    else if (!head.includes('\r\ntransfer-encoding: chunked')) throw new Error(`An answer says neither its length nor that it is chunked: ${head.slice(0, 100)}`);
    this.#state = length ? 'body' : 'size';
    if (length && this.#left === 0) this.#finish();
    return end + 4;
  }

  #readSize(data: Buffer, at: number): number {
    let size = 0;
    let i = at;
    for (; i < data.length && data[i] !== 0x0d; i += 1) size = size * 16 + hexDigit(data[i] ?? 0);
    if (i + 1 >= data.length) return -1;
    this.#left = size;
    this.#state = size === 0 ? 'trailer' : 'chunk';
    return i + 2;
  }

  #readLineEnd(data: Buffer, at: number): number {
    if (at + 2 > data.length) return -1;
    if (data[at] !== 0x0d) throw new Error('An answer is not framed as its sizes say.');
    if (this.#state === 'trailer') this.#finish();
    else this.#state = 'size';
    return at + 2;
  }

  #readBytes(data: Buffer, at: number): number {
    const end = Math.min(data.length, at + this.#left);
    this.#left -= end - at;
    this.#sink?.onBody(data.subarray(at, end));
    if (this.#left > 0) return end;
    if (this.#state === 'chunk') this.#state = 'chunkEnd';
    else this.#finish();
    return end;
  }

  #finish(): void {
    this.#state = 'head';
    const sink = this.#sink;
    this.#sink = null;
    sink?.onEnd();
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x66) return letter - 0x57;
  throw new Error('A chunk of an answer has no size.');
}
