const end = '\n\n';
const sequence = /"sequence_number":(\d+)/;
const stamp = /"delta":"@(\d+) /;

/** Watches the events of one stream: none may be missing, come twice or come out of order, and the last is `response.completed`. */
export class SequenceCheck {
  #text = '';
  #expected = 0;
  #completed = false;
  #problem: string | null = null;

  /** `onStamp` hears the time (ns, CLOCK_MONOTONIC) that a content event says it was written at, and whether it is the first of its stream. */
  push(bytes: Buffer, onStamp: (writtenAt: bigint, first: boolean) => void): void {
    this.#text += bytes.toString('latin1');
    let from = 0;
    for (let at = this.#text.indexOf(end); at >= 0; at = this.#text.indexOf(end, from)) {
      this.#onEvent(this.#text.slice(from, at), onStamp);
      from = at + end.length;
    }
    this.#text = this.#text.slice(from);
  }

  /** What is wrong with the stream, now that it is over; null when nothing is. `events` is how many there must have been. */
  finish(events: number): string | null {
    if (this.#problem !== null) return this.#problem;
    if (this.#text !== '') return 'the stream ends in the middle of an event';
    if (!this.#completed) return `the stream ends after event ${this.#expected - 1}, without response.completed`;
    return this.#expected === events ? null : `${this.#expected} of ${events} events arrived`;
  }

  #onEvent(event: string, onStamp: (writtenAt: bigint, first: boolean) => void): void {
    const number = sequence.exec(event)?.[1];
    if (number === undefined) return; // a keep-alive
    if (this.#completed) this.#problem ??= `event ${number} came after response.completed`;
    if (Number(number) !== this.#expected) this.#problem ??= `event ${number} came where ${this.#expected} was due`;
    this.#expected = Number(number) + 1;
    this.#completed = event.includes('"type":"response.completed"');
    const writtenAt = stamp.exec(event)?.[1];
    if (writtenAt === undefined) return;
    onStamp(BigInt(writtenAt), Number(number) === 2);
  }
}
