import type { Failure } from '../core/failure.ts';
import type { TransportFailure, UpstreamHandler, UpstreamHeaders, UpstreamRequest, UpstreamTurn, OpenTurn } from '../core/upstreamPort.ts';
import type { UpstreamError } from '../core/upstreamError.ts';
import type { TurnClient } from './turnClient.ts';
import { readRetryAfter } from '../core/cooldown.ts';
import { readUsageEvent } from '../core/usageBody.ts';
import { readUsageHeaders, silent } from '../core/usageHeaders.ts';
import { spentUntil, type UsageReading } from '../core/usageWindows.ts';
import { readUpstreamError } from '../protocol/responses/upstreamErrorBody.ts';
import { ResponseWatcher } from '../protocol/responses/responseWatcher.ts';
import { SseSplitter } from '../protocol/sseSplitter.ts';
import { answerHeaders, headerOf } from './answerHeaders.ts';

/** Longest error body that is kept and passed on. */
const mostErrorBytes = 1_048_576;

/** An upstream answer that was not a stream. */
export interface PlainAnswer { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer }

/** How an attempt ended. `failed`: nothing of it reached the client. `cut`: something did, and then it broke. */
export type AttemptEnd =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly answer: PlainAnswer | null }
  | { readonly kind: 'cut'; readonly failure: Failure };

export interface AttemptOptions {
  readonly request: UpstreamRequest;
  readonly client: TurnClient;
  readonly askedModel: string | null;
  readonly now: () => number;
  /** Whether a failure in the middle of a stream is the client's own and goes to it as it came. */
  readonly isClientFault: (error: UpstreamError) => boolean;
  /** Hears of the account's usage the moment an answer or an event in it tells. */
  readonly heard: (reading: UsageReading) => void;
}

/** One call to one account: holds the stream back until it says something, then passes it on untouched and watches. */
export class Attempt implements UpstreamHandler {
  readonly watcher = new ResponseWatcher((event) => this.#hear(readUsageEvent(event, this.#options.now())));
  /** Upstream's HTTP status, null until it answers. */
  status: number | null = null;
  turnState: string | null = null;
  /** Unix ms of the first content event, null until there is one. */
  firstContentAt: number | null = null;
  readonly #options: AttemptOptions;
  readonly #splitter: SseSplitter;
  readonly #finish: (end: AttemptEnd) => void;
  readonly ended: Promise<AttemptEnd>;
  #call: UpstreamTurn | null = null;
  /** What the headers told. */
  #usage = silent;
  #headers: UpstreamHeaders = {};
  #arrived: Buffer[] = [];
  #plain: Buffer[] | null = null;
  #plainBytes = 0;
  #done = false;
  /** Where, in the bytes of this push, the events begin and a failure stands. */
  #base = -1;
  #failureAt = -1;

  constructor(options: AttemptOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
    this.ended = promise;
    this.#finish = resolve;
    this.#splitter = new SseSplitter((buffer, start, end) => this.#onEvent(buffer, start, end));
  }

  start(openTurn: OpenTurn): void {
    this.#call = openTurn(this.#options.request, this);
  }

  /** The client left, or nobody wants the answer any more. */
  abort(): void {
    this.#call?.abort();
    this.#end({ kind: 'failed', failure: { kind: 'clientGone' }, answer: null });
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    this.status = status;
    this.#headers = headers;
    this.#usage = readUsageHeaders(headers, this.#options.now());
    this.#hear(this.#usage);
    this.turnState = headerOf(headers, 'x-codex-turn-state') ?? null;
    if (status < 300 && (headerOf(headers, 'content-type') ?? '').includes('text/event-stream')) this.#options.client.open(answerHeaders(headers, this.#options.askedModel));
    else this.#plain = [];
  }

  onData(chunk: Buffer): void {
    if (this.#done) return;
    if (this.#plain) return this.#collect(chunk);
    // Upstream's pieces of one moment (one read of its socket) are looked at together: that is cheaper, and none waits for it.
    if (this.#arrived.push(chunk) === 1) queueMicrotask(() => this.#readArrived());
  }

  onEnd(): void {
    this.#readArrived();
    if (this.#done) return;
    if (this.#plain) return this.#judgePlain(Buffer.concat(this.#plain));
    this.#break({ kind: 'broken', reason: 'stream_ended_early' });
  }

  onFailure({ kind, message }: TransportFailure): void {
    if (kind !== 'aborted') this.#readArrived();
    if (kind === 'aborted') return this.#end({ kind: 'failed', failure: { kind: 'clientGone' }, answer: null });
    if (kind === 'connect') return this.#break({ kind: 'connect', cause: message });
    this.#break(kind === 'idle' ? { kind: 'idle' } : { kind: 'broken', reason: kind === 'reset' ? 'connection_reset' : 'header_timeout' });
  }

  #readArrived(): void {
    const [first] = this.#arrived;
    if (this.#done || !first) return;
    const bytes = this.#arrived.length === 1 ? first : Buffer.concat(this.#arrived);
    this.#arrived = [];
    this.#base = -1;
    const events = this.#splitter.push(bytes);
    if (events) this.#forward(events);
  }

  #onEvent(buffer: Buffer, start: number, end: number): void {
    if (this.#base < 0) this.#base = start;
    const before = this.watcher.failure;
    this.watcher.onEvent(buffer, start, end);
    if (!before && this.watcher.failure) this.#failureAt = start - this.#base;
    else if (this.#failureAt < 0) this.#options.client.event(buffer, start, end);
  }

  #forward(events: Buffer): void {
    const { client } = this.#options;
    if (this.watcher.failure) return this.#failInStream(events, this.watcher.failure);
    const content = this.watcher.phase !== 'preamble';
    if (content && this.firstContentAt === null) this.firstContentAt = this.#options.now();
    if (!client.push(events, content)) this.#slowDown();
    if (this.watcher.phase !== 'ended') return;
    client.end();
    this.#end({ kind: 'answered' });
  }

  /** The client reads more slowly than upstream writes. */
  #slowDown(): void {
    this.#call?.pause();
    this.#options.client.onDrain(() => this.#call?.resume());
  }

  /** An error event or `response.failed`: before anything was sent it is a failure like any other; after it, only the client's own faults go out as they came. */
  #failInStream(events: Buffer, error: UpstreamError): void {
    const { client, isClientFault } = this.#options;
    if (client.committed && isClientFault(error)) {
      client.push(events, true);
      client.end();
      return this.#end({ kind: 'answered' });
    }
    if (client.committed && this.#failureAt > 0) client.push(events.subarray(0, this.#failureAt), true);
    this.#break(this.#answer(error, error.status ?? 500));
    this.#call?.abort();
  }

  #break(failure: Failure): void {
    if (this.#done) return;
    const { client } = this.#options;
    if (client.committed) {
      client.cut('The connection to the provider broke in the middle of the answer; another account can take over.');
      return this.#end({ kind: 'cut', failure });
    }
    client.drop();
    this.#end({ kind: 'failed', failure, answer: null });
  }

  #collect(chunk: Buffer): void {
    this.#plainBytes += chunk.length;
    this.#plain?.push(chunk);
    if (this.#plainBytes <= mostErrorBytes) return;
    this.#judgePlain(Buffer.concat(this.#plain ?? []));
    this.#call?.abort();
  }

  #judgePlain(body: Buffer): void {
    const status = this.status ?? 0;
    if (status < 300) return this.#end({ kind: 'failed', failure: { kind: 'broken', reason: 'not_an_event_stream' }, answer: null });
    const error = readUpstreamError(status, headerOf(this.#headers, 'content-type'), body);
    const answer: PlainAnswer = { status, headers: answerHeaders(this.#headers, this.#options.askedModel), body };
    this.#end({ kind: 'failed', failure: this.#answer(error, status), answer });
  }

  #answer(error: UpstreamError, status: number): Failure {
    const now = this.#options.now();
    return { kind: 'answer', error: { ...error, status }, retryAfterMs: readRetryAfter(headerOf(this.#headers, 'retry-after'), now), spentUntil: spentUntil(this.#usage.windows, now) };
  }

  #hear(reading: UsageReading | null): void {
    if (reading !== null && reading !== silent) this.#options.heard(reading);
  }

  #end(end: AttemptEnd): void {
    if (this.#done) return;
    this.#done = true;
    this.#finish(end);
  }
}
