import { Pool, type Dispatcher } from 'undici';
import type { OpenTurn, TransportFailure, UpstreamHandler, UpstreamHeaders, UpstreamRequest, UpstreamTurn } from '../core/upstreamPort.ts';
import type { Disposable } from '../core/scope.ts';

/**
 * One connection pool per provider origin. Never a redirect, a cookie jar, a retry of its own or HTTP/2: a lost session would take every stream on it
 * along.
 */
export class UpstreamPools implements Disposable {
  readonly #pools = new Map<string, Pool>();
  readonly #connectTimeoutMs: number;

  constructor(options: { readonly connectTimeoutMs: number }) {
    this.#connectTimeoutMs = options.connectTimeoutMs;
  }

  readonly open: OpenTurn = (request, handler) => {
    const call = new Call(handler);
    this.#pool(request.origin).dispatch(dispatchOptions(request), call);
    return call;
  };

  /** Ends every connection; running calls fail with `aborted`. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, { connections: null, pipelining: 1, allowH2: false, keepAliveTimeout: 60_000, connect: { timeout: this.#connectTimeoutMs } });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

function dispatchOptions(request: UpstreamRequest): Dispatcher.DispatchOptions {
  return {
    path: request.path,
    method: request.method,
    headers: request.headers as string[],
    body: request.body,
    headersTimeout: request.headersTimeoutMs,
    bodyTimeout: request.idleTimeoutMs,
  };
}

/** The dispatch handler and the caller's grip on the call in one object: no allocation more per request. */
class Call implements Dispatcher.DispatchHandler, UpstreamTurn {
  readonly #handler: UpstreamHandler;
  #controller: Dispatcher.DispatchController | null = null;
  #aborted = false;

  constructor(handler: UpstreamHandler) {
    this.#handler = handler;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new Error('aborted'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: UpstreamHeaders): void {
    if (status >= 200) this.#handler.onHead(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onFailure(this.#aborted ? { kind: 'aborted', message: 'aborted' } : describe(error, this.#controller !== null));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(new Error('aborted'));
  }
}

/** Nothing was sent as long as the request was never started: connect, TLS and DNS errors all come before that. */
function describe(error: Error, started: boolean): TransportFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (!started) return { kind: 'connect', message: code };
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'headerTimeout', message: code };
  if (code === 'UND_ERR_BODY_TIMEOUT') return { kind: 'idle', message: code };
  return { kind: 'reset', message: code };
}
