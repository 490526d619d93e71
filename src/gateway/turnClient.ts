import type { Refusal } from '../protocol/refusal.ts';

/** The waiting client of one turn, in its own dialect. Survives several attempts until one of them is committed. */
export interface TurnClient {
  /** Content was sent: from here on nothing can be retried. */
  readonly committed: boolean;
  /** A new upstream stream begins, with the headers its client may see (flat list). */
  open(headers: readonly string[]): void;
  /** One complete event of that stream, before push() brings its bytes. */
  event(buffer: Buffer, start: number, end: number): void;
  /** Complete events. `content` says that something among the bytes so far is more than preamble. False when the client reads slowly. */
  push(events: Buffer, content: boolean): boolean;
  /** Calls back once when a slow client has caught up. */
  onDrain(resume: () => void): void;
  /** The attempt failed before it was committed: forget what it said. */
  drop(): void;
  /** The answer is complete. */
  end(): void;
  /** The committed stream broke: tell the client in its dialect, so that it repeats the turn. */
  cut(message: string): void;
  /** An upstream answer that goes to the client as it came. */
  pass(status: number, headers: readonly string[], body: Buffer): void;
  refuse(refusal: Refusal): void;
}
