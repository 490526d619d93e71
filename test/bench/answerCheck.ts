import { jsonMarks, sseBytes, sseEvents } from './answers.ts';
import type { AnswerSink } from './responseReader.ts';
import { SequenceCheck } from './sequenceCheck.ts';

/** Gathers one answer after the other and says what is wrong with each: the bytes as they were sent pass at once, others event by event. */
export class AnswerCheck implements AnswerSink {
  readonly #kind: 'json' | 'sse';
  readonly #onAnswer: (problem: string | null) => void;
  #bytes = Buffer.alloc(32_768);
  #length = 0;
  #status = 0;

  constructor(kind: 'json' | 'sse', onAnswer: (problem: string | null) => void) {
    this.#kind = kind;
    this.#onAnswer = onAnswer;
  }

  onHead(status: number): void {
    this.#status = status;
    this.#length = 0;
  }

  onBody(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length + bytes.length)]);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }

  onEnd(): void {
    this.#onAnswer(this.#problem());
  }

  #problem(): string | null {
    if (this.#status !== 200) return `status ${this.#status}: ${this.#bytes.toString('latin1', 0, Math.min(this.#length, 200))}`;
    if (this.#kind === 'json') {
      const text = this.#bytes.toString('latin1', 0, this.#length);
      return jsonMarks.every((mark) => text.includes(mark)) ? null : `not the expected JSON: ${text.slice(0, 200)}`;
    }
    if (this.#length === sseBytes.length && this.#bytes.compare(sseBytes, 0, sseBytes.length, 0, this.#length) === 0) return null;
    const check = new SequenceCheck();
    check.push(this.#bytes.subarray(0, this.#length), () => undefined);
    return check.finish(sseEvents.length);
  }
}
