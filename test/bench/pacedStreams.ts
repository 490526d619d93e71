import type { Writable } from 'node:stream';
import { pacedEnd, pacedEvent, pacedOpening, type Pace } from './answers.ts';

interface Stream { readonly response: Writable; readonly contentEvents: number; sent: number }

/** More than this behind, and the lost time is given up: a burst would measure the burst. */
const mostBehind = 50;

/** All paced streams of the upstream: every millisecond the next of them, in turn, get the events that are due. */
export class PacedStreams {
  readonly #ring: Stream[] = [];
  #next = 0;
  #rate = 1_000;
  #hold = 0;
  #startedAt = 0;
  #written = 0;
  #timer: NodeJS.Timeout | null = null;

  add(response: Writable, { contentEvents, eventsPerSecond, hold }: Pace): void {
    if (this.#ring.length === 0) this.#hold = hold;
    if (eventsPerSecond !== this.#rate) this.#restartClock(eventsPerSecond);
    const stream = { response, contentEvents, sent: 0 };
    this.#ring.push(stream);
    response.on('close', () => this.#remove(stream));
    response.write(pacedOpening);
    if (this.#ring.length < this.#hold) return;
    this.#hold = 0;
    if (this.#timer) return;
    this.#restartClock(this.#rate);
    this.#timer = setInterval(() => this.#tick(), 1);
  }

  #restartClock(rate: number): void {
    this.#rate = rate;
    this.#startedAt = performance.now();
    this.#written = 0;
  }

  #tick(): void {
    const due = Math.floor(((performance.now() - this.#startedAt) * this.#rate) / 1_000) - this.#written;
    if (due > mostBehind) this.#restartClock(this.#rate);
    for (let i = 0; i < Math.min(due, mostBehind); i += 1) this.#writeNext();
  }

  #writeNext(): void {
    if (this.#next >= this.#ring.length) this.#next = 0;
    const stream = this.#ring[this.#next];
    if (!stream) return;
    this.#written += 1;
    this.#next += 1;
    stream.response.write(pacedEvent(stream.sent, process.hrtime.bigint()));
    stream.sent += 1;
    if (stream.sent < stream.contentEvents) return;
    stream.response.end(pacedEnd(stream.contentEvents));
    this.#remove(stream);
  }

  #remove(stream: Stream): void {
    const at = this.#ring.indexOf(stream);
    if (at < 0) return;
    this.#ring.splice(at, 1);
    if (at < this.#next) this.#next -= 1;
    if (this.#ring.length > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
