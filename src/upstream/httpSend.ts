import { request, type Dispatcher } from 'undici';
import { failureText } from './proxyFailure.ts';
import type { UpstreamPools } from './upstreamPools.ts';

/** The answer of a small call, or why there is none. */
export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; /** Headers, as they came. */ readonly retryAfter?: string | null; readonly contentType?: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string; /** False when nothing of the request left: no connection, TLS or DNS. */ readonly sent: boolean };

export interface HttpBody {
  /** Left out for a GET. */
  readonly body?: string;
  /** Flat: name, value, … */
  readonly headers: readonly string[];
  /** The proxy this call alone goes through; null: the way everybody goes. */
  readonly proxy: string | null;
  /** Ends the call at once. */
  readonly signal?: AbortSignal;
}

/** POSTs (or GETs) and reads the whole answer. Never throws; no redirect is followed, because the call carries credentials. */
export type HttpSend = (url: string, body: HttpBody) => Promise<HttpAnswer>;

const totalMs = 60_000;
const mostBytes = 1_048_576;

/** For the calls beside the gateway's own path, over the same connections: logins, refreshes, usage. */
export class HttpSender {
  readonly #pools: UpstreamPools;

  constructor(pools: UpstreamPools) {
    this.#pools = pools;
  }

  readonly send: HttpSend = async (url, { body, proxy, headers, signal }) => {
    const timeout = AbortSignal.timeout(totalMs);
    let sent = false;
    try {
      const dispatcher = this.#pools.pool(new URL(url).origin, proxy).compose(noting(() => { sent = true; }));
      const answer = await request(url, {
        method: body === undefined ? 'GET' : 'POST', body: body ?? null, headers: [...headers], dispatcher, headersTimeout: totalMs, bodyTimeout: totalMs,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const { 'retry-after': retryAfter, 'content-type': contentType } = answer.headers;
      return { kind: 'answer', status: answer.statusCode, body: await readText(answer.body), retryAfter: typeof retryAfter === 'string' ? retryAfter : null, contentType: typeof contentType === 'string' ? contentType : undefined };
    } catch (thrown) {
      return { kind: 'failed', reason: thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? failureText(thrown) : 'network_error', sent };
    }
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw Object.assign(new Error('The answer is too large.'), { code: 'answer_too_large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
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
