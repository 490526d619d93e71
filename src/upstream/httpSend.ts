import { Agent, request, type Dispatcher } from 'undici';
import type { Disposable } from '../core/scope.ts';

/** The answer of a small call, or why there is none. */
export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; /** Headers, as they came. */ readonly retryAfter?: string | null; readonly contentType?: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string; /** False when nothing of the request left: no connection, TLS or DNS. */ readonly sent: boolean };

export interface HttpBody {
  /** Left out for a GET. */
  readonly body?: string;
  /** Flat: name, value, … */
  readonly headers: readonly string[];
  /** Ends the call at once. */
  readonly signal?: AbortSignal;
}

/** POSTs (or GETs) and reads the whole answer. Never throws; no redirect is followed, because the call carries credentials. */
export type HttpSend = (url: string, body: HttpBody) => Promise<HttpAnswer>;

const totalMs = 60_000;
const mostBytes = 1_048_576;

/** For the calls beside the gateway's own path: logins, refreshes, usage. */
export class HttpSender implements Disposable {
  readonly #agent: Agent;

  constructor(options: { readonly connectTimeoutMs: number }) {
    this.#agent = new Agent({ connect: { timeout: options.connectTimeoutMs }, headersTimeout: totalMs, bodyTimeout: totalMs, maxResponseSize: mostBytes, allowH2: false });
  }

  readonly send: HttpSend = async (url, { body, headers, signal }) => {
    const timeout = AbortSignal.timeout(totalMs);
    let sent = false;
    const dispatcher = this.#agent.compose(noting(() => { sent = true; }));
    try {
      const answer = await request(url, { method: body === undefined ? 'GET' : 'POST', body: body ?? null, headers: [...headers], dispatcher, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      const { 'retry-after': retryAfter, 'content-type': contentType } = answer.headers;
      return { kind: 'answer', status: answer.statusCode, body: await answer.body.text(), retryAfter: typeof retryAfter === 'string' ? retryAfter : null, contentType: typeof contentType === 'string' ? contentType : undefined };
    } catch (thrown) {
      return { kind: 'failed', reason: thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'network_error', sent };
    }
  };

  dispose(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Says when a request begins to leave: undici starts it only on a connection that stands. */
function noting(started: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, {
    onRequestStart: (controller, context) => {
      started();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (controller, status, headers, socket) => handler.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) => handler.onResponseStart?.(controller, status, headers, message),
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
  });
}
