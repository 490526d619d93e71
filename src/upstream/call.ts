import type { Dispatcher } from 'undici';
import type { TransportFailure, UpstreamHandler, UpstreamHeaders, UpstreamRequest, UpstreamTurn } from '../core/upstreamPort.ts';
import { failureText } from './proxyFailure.ts';

export function dispatchOptions(request: UpstreamRequest): Dispatcher.DispatchOptions {
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
export class Call implements Dispatcher.DispatchHandler, UpstreamTurn {
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

/** Nothing was sent as long as the request was never started: connect, proxy, TLS and DNS errors all come before that. */
function describe(error: Error, started: boolean): TransportFailure {
  const code = failureText(error);
  if (!started) return { kind: 'connect', message: code };
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'headerTimeout', message: code };
  if (code === 'UND_ERR_BODY_TIMEOUT') return { kind: 'idle', message: code };
  return { kind: 'reset', message: code };
}
