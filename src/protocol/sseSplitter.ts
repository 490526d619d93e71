const lf = 0x0a;
const cr = 0x0d;
const blankLine = Buffer.from('\n\n');

/** Called with one complete event: the bytes of `buffer` from `start` to `end`, its blank line included. */
export type OnEvent = (buffer: Buffer, start: number, end: number) => void;

/**
 * Cuts a server-sent event stream at its blank lines (LF, CRLF or CR, as the HTML standard has it), so that only whole events go on. Bytes are passed
 * on as they came, without a copy where a chunk begins and ends with an event.
 */
export class SseSplitter {
  readonly #onEvent: OnEvent;
  #carry: Buffer | null = null;

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  /** Bytes of an event that is not complete yet. */
  get pendingBytes(): number {
    return this.#carry?.length ?? 0;
  }

  /** The bytes of all events that are complete now, or null; `onEvent` was called for each of them, in the returned buffer's own bytes. */
  push(chunk: Buffer): Buffer | null {
    const buffer = this.#carry ? Buffer.concat([this.#carry, chunk]) : chunk;
    const from = this.#carry ? Math.max(0, this.#carry.length - 3) : 0;
    const eventEnd = buffer.indexOf(cr) < 0 ? lfEventEnd : anyEventEnd;
    let start = 0;
    let end = eventEnd(buffer, from);
    while (end > 0) {
      this.#onEvent(buffer, start, end);
      start = end;
      end = eventEnd(buffer, start);
    }
    this.#carry = start === buffer.length ? null : start === 0 ? buffer : buffer.subarray(start);
    if (start === 0) return null;
    return start === buffer.length ? buffer : buffer.subarray(0, start);
  }
}

/** The offset behind the next blank line at or after `from`, in a text without CR; 0 when there is none. */
function lfEventEnd(buffer: Buffer, from: number): number {
  const at = buffer.indexOf(blankLine, from);
  return at < 0 ? 0 : at + 2;
}

/** The same for any line ends. A CR at the very end waits for a possible LF. */
function anyEventEnd(buffer: Buffer, from: number): number {
  for (let at = from; at < buffer.length; at += 1) {
    const next = lineEnd(buffer, at);
    if (next === 0) continue;
    const behind = lineEnd(buffer, next);
    if (behind > 0 && !(buffer[behind - 1] === cr && behind === buffer.length)) return behind;
    at = next - 1;
  }
  return 0;
}

/** The offset behind the line end that stands at `at`; 0 when none stands there. */
function lineEnd(buffer: Buffer, at: number): number {
  if (buffer[at] === lf) return at + 1;
  if (buffer[at] !== cr) return 0;
  return buffer[at + 1] === lf ? at + 2 : at + 1;
}
