import type { ServerResponse } from 'node:http';
import type { EventName, EventPayload } from '../contract/rpc.ts';
import type { Disposable } from '../core/scope.ts';

const keepAliveMs = 15_000;

/** The current state, for a listener that has just come: each event's payload. */
export type Snapshot = () => readonly { readonly [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> } }[EventName][];

/** Everybody who listens on `GET /rpc/events`. A listener that reads slowly gets the latest state of each event when it has caught up, never a backlog. */
export class EventStream implements Disposable {
  readonly #listeners = new Set<Listener>();
  readonly #snapshot: Snapshot;
  readonly #timer: NodeJS.Timeout;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#timer = setInterval(() => this.#keepAlive(), keepAliveMs).unref();
  }

  /** Nobody listens: payloads need not be made. */
  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  /** Takes over a response until its client leaves. Sends the current state first. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    const listener = new Listener(response);
    this.#listeners.add(listener);
    response.on('close', () => this.#listeners.delete(listener));
    for (const { event, payload } of this.#snapshot()) listener.send(event, payload);
  }

  emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners) listener.send(event, payload);
  }

  /** Ends every stream: for its listeners the sign that this leader is gone. */
  dispose(): void {
    clearInterval(this.#timer);
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  #keepAlive(): void {
    for (const listener of this.#listeners) listener.keepAlive();
  }
}

class Listener {
  readonly #response: ServerResponse;
  readonly #waiting = new Map<EventName, unknown>();
  #full = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => this.#catchUp());
  }

  send(event: EventName, payload: unknown): void {
    if (this.#full) this.#waiting.set(event, payload);
    else this.#full = !this.#response.write(`event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`);
  }

  keepAlive(): void {
    if (!this.#full) this.#full = !this.#response.write(': keep-alive\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #catchUp(): void {
    this.#full = false;
    for (const [event, payload] of [...this.#waiting]) {
      this.#waiting.delete(event);
      this.send(event, payload);
    }
  }
}
