import type { ServerResponse } from 'node:http';
import type { Refusal } from '../protocol/refusal.ts';
import type { TurnClient } from './turnClient.ts';
import { failedEvent, keepAliveEvent, responsesRefusal } from '../protocol/responses/errorBody.ts';

const comment = 0x3a; // ':'

/** What is held back before the first content event: 64 KiB, and 15 s until the client gets headers and keep-alives. */
const mostHeldBytes = 65_536;
export const defaultKeepAliveMs = 15_000;

export interface SseClientOptions {
  readonly now: () => number;
  readonly keepAliveMs: number;
}

/** A Responses client that reads server-sent events. */
export class SseClient implements TurnClient {
  committed = false;
  readonly #response: ServerResponse;
  readonly #options: SseClientOptions;
  #headers: readonly string[] = [];
  /** Events not written yet: held back before the commit; after it, those of this moment. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #flushing = false;
  #timer: NodeJS.Timeout | null = null;
  /** Something that resets a client's idle timer came by since the last tick. */
  #spoke = false;

  constructor(response: ServerResponse, options: SseClientOptions) {
    this.#response = response;
    this.#options = options;
  }

  open(headers: readonly string[]): void {
    this.#headers = headers;
    this.#timer ??= setInterval(() => this.#tick(), this.#options.keepAliveMs);
  }

  event(buffer: Buffer, start: number): void {
    if (buffer[start] !== comment) this.#spoke = true;
  }

  push(events: Buffer, content: boolean): boolean {
    this.#held.push(events);
    this.#heldBytes += events.length;
    this.committed ||= content || this.#heldBytes > mostHeldBytes;
    if (!this.committed || this.#flushing) return true;
    // Upstream's pieces of one moment go out in one write.
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
    return !this.#response.writableNeedDrain;
  }

  onDrain(resume: () => void): void {
    this.#response.once('drain', resume);
  }

  /** While no headers are out, waiting for another account leaves the status open. */
  drop(): void {
    this.#held = [];
    this.#heldBytes = 0;
    if (!this.#response.headersSent) this.stop();
  }

  end(): void {
    this.stop();
    const events = this.#takeHeld();
    if (this.#response.destroyed) return;
    // The whole answer is here: its length saves the chunks.
    if (!this.#response.headersSent) this.#sendHeaders(['content-length', String(events.length)]);
    this.#response.end(events);
  }

  cut(message: string): void {
    this.stop();
    this.#sendHeaders([]);
    this.#response.end(Buffer.concat([this.#takeHeld(), failedEvent({ code: 'server_error', message })]));
  }

  pass(status: number, headers: readonly string[], body: Buffer): void {
    this.stop();
    if (this.#response.headersSent) return this.cut('The provider refused the request after a long wait.');
    this.#response.writeHead(status, [...headers, 'content-length', String(body.length)]);
    this.#response.end(body);
  }

  refuse(refusal: Refusal): void {
    this.stop();
    if (this.#response.destroyed) return;
    if (this.#response.headersSent) {
      this.#response.end(failedEvent({ code: refusal.code, message: refusal.message }));
      return;
    }
    const { status, headers, body } = responsesRefusal(refusal, this.#options.now());
    this.#response.writeHead(status, headers).end(body);
  }

  /** Ends the keep-alives. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#held.length === 0 || this.#response.destroyed) return;
    this.#sendHeaders([]);
    this.#response.write(this.#takeHeld());
  }

  #takeHeld(): Buffer {
    const events = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return events;
  }

  #sendHeaders(more: readonly string[]): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, [...this.#headers, 'cache-control', 'no-cache', ...more]);
  }

  /** Comments do not reset Codex's idle timer; an event with a data line does. */
  #tick(): void {
    if (!this.#spoke || !this.committed) {
      this.#sendHeaders([]);
      this.#response.write(keepAliveEvent);
    }
    this.#spoke = false;
  }

}
