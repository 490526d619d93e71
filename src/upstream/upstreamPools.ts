import { Pool } from 'undici';
import type { OpenTurn } from '../core/upstreamPort.ts';
import type { Disposable } from '../core/scope.ts';
import { isLoopback } from '../core/noProxy.ts';
import { Call, dispatchOptions } from './call.ts';
import { connectorTo } from './connector.ts';
import { trustedContext } from './trustedContext.ts';

export interface UpstreamPoolsOptions {
  readonly connectTimeoutMs: number;
  /** Speak HTTP/2 where the provider can. Off unless asked for: a lost or stalled session takes up to a hundred streams along (docs/upstream.md). */
  readonly http2?: boolean;
  /** How everybody reaches an origin; null: directly. */
  readonly generalProxy?: (origin: string) => string | null;
  /** False: certificates of proxies and provider are not checked. */
  readonly strictSsl?: boolean;
  /** Certificates to trust, as PEM, asked for once, before the first TLS connection; null: those Node trusts. */
  readonly ca?: () => readonly string[] | null;
}

/** No stream waits for another one's connection below this number. */
const mostConnections = 2_048;
/** What an account's own proxy was not used for that long, and twice that at most, is closed. */
const sweepMs = 600_000;

interface OwnPool { readonly pool: Pool; used: boolean }

/** One connection pool per provider origin and way to it. Never a redirect, a cookie jar or a retry of its own. */
export class UpstreamPools implements Disposable {
  readonly #options: UpstreamPoolsOptions;
  readonly #trusted: ReturnType<typeof trustedContext>;
  /** By origin: the way everybody goes. */
  readonly #shared = new Map<string, Pool>();
  /** By proxy and origin: ways of single accounts, which come and go. */
  readonly #own = new Map<string, OwnPool>();
  #sweeping: NodeJS.Timeout | null = null;

  constructor(options: UpstreamPoolsOptions) {
    this.#options = options;
    this.#trusted = trustedContext(options.ca ?? (() => null));
  }

  readonly open: OpenTurn = (request, handler) => {
    const call = new Call(handler);
    this.pool(request.origin, request.proxy).dispatch(dispatchOptions(request), call);
    return call;
  };

  /** The connections to an origin through a proxy; null: the way everybody goes. Throws when the origin is none. */
  pool(origin: string, proxy: string | null): Pool {
    return (proxy === null ? null : this.#ownPool(origin, proxy)) ?? this.#shared.get(origin) ?? this.#sharedPool(origin);
  }

  /** A pool by itself, for whoever asked; it must be destroyed. */
  make(origin: string, proxy: string | null): Pool {
    const { connectTimeoutMs, http2 = false, strictSsl = true } = this.#options;
    const usesTls = origin.startsWith('https:') || (proxy?.startsWith('https:') ?? false);
    const connect = connectorTo(proxy, { timeoutMs: connectTimeoutMs, http2, strictSsl, trusted: usesTls ? this.#trusted() : undefined });
    return new Pool(origin, { connections: mostConnections, pipelining: 1, allowH2: http2, keepAliveTimeout: 60_000, connect });
  }

  /** How an origin is reached: an account's own proxy, else the general one; null: directly. */
  route(origin: string, proxy: string | null): string | null {
    if (isLoopback(new URL(origin).hostname)) return null;
    return proxy ?? this.#options.generalProxy?.(origin) ?? null;
  }

  /** Closes own pools that nobody used since the last time and nothing runs on. Returns how many. */
  sweep(): number {
    let closed = 0;
    for (const [key, own] of this.#own) {
      if (!own.used && own.pool.stats.size === 0) {
        this.#own.delete(key);
        closed += 1;
        void own.pool.close().catch(() => undefined); // only the end of everything is faster
      }
      own.used = false;
    }
    return closed;
  }

  /** Ends every connection; running calls fail with `aborted`. */
  async dispose(): Promise<void> {
    if (this.#sweeping) clearInterval(this.#sweeping);
    await Promise.all([...this.#shared.values(), ...[...this.#own.values()].map(({ pool }) => pool)].map((pool) => pool.destroy()));
  }

  #sharedPool(origin: string): Pool {
    const pool = this.make(origin, this.route(origin, null));
    this.#shared.set(origin, pool);
    return pool;
  }

  /** Null for this computer itself, which is never reached through a proxy. */
  #ownPool(origin: string, proxy: string): Pool | null {
    const key = `${proxy} ${origin}`;
    let own = this.#own.get(key);
    if (!own) {
      if (isLoopback(new URL(origin).hostname)) return null;
      own = { pool: this.make(origin, proxy), used: true };
      this.#own.set(key, own);
      this.#sweeping ??= setInterval(() => this.sweep(), sweepMs).unref();
    }
    own.used = true;
    return own.pool;
  }
}
