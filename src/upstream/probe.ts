import { request } from 'undici';
import { codexIdentity } from '../core/codexClient.ts';
import { reachWords } from './proxyFailure.ts';
import type { UpstreamPools } from './upstreamPools.ts';

/** Whether the provider was reached. `reason` is for a person and names no secret. */
export interface Reached { readonly ok: boolean; readonly ms: number; readonly status: number | null; readonly reason: string | null }

/** Through the proxy given; null: the way everybody goes. Never throws. */
export type Probe = (proxy: string | null) => Promise<Reached>;

export interface ProbeOptions {
  readonly pools: Pick<UpstreamPools, 'make' | 'route'>;
  /** What is asked for, without any credential. */
  readonly url: string;
  readonly limitMs?: number;
}

/** Asks the provider for nothing over a connection of its own, to see whether the way to it works. */
export function makeProbe({ pools, url, limitMs = 10_000 }: ProbeOptions): Probe {
  const { origin } = new URL(url);
  return async (proxy) => {
    const startedAt = performance.now();
    const reached = (outcome: Omit<Reached, 'ms'>): Reached => ({ ...outcome, ms: Math.round(performance.now() - startedAt) });
    const route = pools.route(origin, proxy);
    const dispatcher = pools.make(origin, route);
    try {
      const { statusCode: status } = await request(url, { method: 'HEAD', headers: [...codexIdentity], dispatcher, signal: AbortSignal.timeout(limitMs) });
      return reached({ ok: true, status, reason: remark(status, proxy !== null && route === null) });
    } catch (thrown) {
      const isLate = thrown instanceof Error && thrown.name === 'TimeoutError';
      const reason = isLate ? `nobody answered within ${Math.round(limitMs / 1000)} seconds` : reachWords('the provider', thrown instanceof Error ? thrown : new Error('unknown'));
      return reached({ ok: false, status: null, reason });
    } finally {
      await dispatcher.destroy();
    }
  };
}

/** Whoever answers can be reached: without a login the provider may refuse, or show a challenge. */
function remark(status: number, isDirect: boolean): string | null {
  if (isDirect) return 'the provider is on this computer, which is never reached through a proxy';
  return status < 400 ? null : `the provider answered ${status}${status === 403 ? ', as it does without a login' : ''}`;
}
