import type { ServerResponse } from 'node:http';
import type { AccountId } from '../contract/account.ts';
import type { EventName, EventPayload } from '../contract/rpc.ts';
import type { Disposable } from '../core/scope.ts';
import { PartFeed, WholeFeed, eventText, type AccountFeed, type AccountSource } from './accountFeed.ts';
import { Turns } from './turns.ts';

const keepAliveMs = 15_000;
/** As many requests wait for a slow listener; the oldest are dropped first. */
const mostRows = 500;

/** Everything but the accounts. */
export type PlainEvent = Exclude<EventName, 'account/changed' | 'account/part'>;
/** The current state, for a listener that has just come: each event's payload. */
export type Snapshot = () => readonly { readonly [E in PlainEvent]: { readonly event: E; readonly payload: EventPayload<E> } }[PlainEvent][];

/** Everybody who listens on `GET /rpc/events`. A listener that reads slowly gets the latest state of each event when it has caught up, never a backlog. */
export class EventStream implements Disposable {
  readonly #listeners = new Set<Listener>();
  readonly #accounts: AccountSource;
  readonly #snapshot: Snapshot;
  readonly #turns = new Turns();
  readonly #timer: NodeJS.Timeout;

  constructor(accounts: AccountSource, snapshot: Snapshot) {
    this.#accounts = accounts;
    this.#snapshot = snapshot;
    this.#timer = setInterval(() => this.#keepAlive(), keepAliveMs).unref();
  }

  /** Nobody listens: payloads need not be made. */
  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  /** Takes over a response until its client leaves. Sends the current state first, the accounts in parts or whole. */
  add(response: ServerResponse, inParts: boolean): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    const feed = inParts ? new PartFeed(this.#accounts) : new WholeFeed(this.#accounts, () => this.#turns.add(listener));
    const listener: Listener = new Listener(response, feed, this.#turns);
    this.#listeners.add(listener);
    response.on('close', () => {
      this.#listeners.delete(listener);
      listener.end();
    });
    listener.step();
    for (const { event, payload } of this.#snapshot()) listener.send(event, payload);
    this.#turns.add(listener);
  }

  emit<E extends PlainEvent>(event: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners) listener.send(event, payload);
  }

  /** These accounts were added, changed or deleted. */
  accountsChanged(ids: ReadonlySet<AccountId>): void {
    for (const listener of this.#listeners) listener.accountsChanged(ids);
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
  readonly #feed: AccountFeed;
  readonly #turns: Turns;
  readonly #waiting = new Map<PlainEvent, unknown>();
  #isFull = false;
  #isOver = false;

  constructor(response: ServerResponse, feed: AccountFeed, turns: Turns) {
    this.#response = response;
    this.#feed = feed;
    this.#turns = turns;
    response.on('drain', () => {
      this.#isFull = false;
      turns.add(this);
    });
  }

  send<E extends PlainEvent>(event: E, payload: EventPayload<E>): void {
    if (!this.#isFull && !this.#feed.isOpen && this.#waiting.size === 0) return this.#write(eventText(event, payload));
    const before = this.#waiting.get(event);
    this.#waiting.set(event, event === 'requestlog/added' && Array.isArray(before) && Array.isArray(payload) ? [...(before as unknown[]), ...payload].slice(-mostRows) : payload);
  }

  accountsChanged(ids: ReadonlySet<AccountId>): void {
    this.#feed.changed(ids);
    this.#turns.add(this);
  }

  /** Writes what waited, then the next slice of the accounts. */
  step(): boolean {
    for (const [event, payload] of this.#feed.isOpen ? [] : this.#waiting) {
      if (this.#isFull) return false;
      this.#waiting.delete(event);
      this.#write(eventText(event, payload as never));
    }
    if (this.#isFull || this.#isOver) return false;
    const text = this.#feed.next();
    if (text !== null) this.#write(text);
    return text !== null;
  }

  keepAlive(): void {
    if (!this.#isFull && !this.#feed.isOpen) this.#write(': keep-alive\n\n');
  }

  end(): void {
    this.#isOver = true;
    this.#feed.end();
    this.#response.end();
  }

  #write(text: string): void {
    if (!this.#isOver) this.#isFull = !this.#response.write(text);
  }
}
