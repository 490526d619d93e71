import type { Clock } from '../core/clock.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { OpenTurn, UpstreamHandler } from '../core/upstreamPort.ts';
import { pinnedCodexVersion } from '../core/codexClient.ts';
import { anyRequest, selectAccount } from '../core/selectAccount.ts';
import { upstreamTarget } from '../gateway/upstreamTarget.ts';
import { callerHeaders } from '../upstream/readUsage.ts';
import type { AccountPool } from './accountPool.ts';

export interface KeepaliveDeps {
  readonly pool: AccountPool;
  readonly clock: Clock;
  readonly config: EngineConfig;
  readonly network: Network;
  readonly openTurn: OpenTurn;
  readonly isWanted: () => boolean;
}

/** Longest wait for the list of models, ms. */
const timeoutMs = 30_000;

/** One small call over the gateway's own connections, so that the next request finds one open. True when it was answered, or nothing was to do. */
export function keepAlive({ pool, clock, config, network, openTurn, isWanted }: KeepaliveDeps, signal: AbortSignal): Promise<boolean> {
  const account = isWanted() ? selectAccount(pool.list(), { ...anyRequest, now: clock.now(), tried: new Set() }) : null;
  if (!account) return Promise.resolve(true);
  const { origin, path } = upstreamTarget(config.upstreamBaseUrl, `/v1/models?client_version=${pinnedCodexVersion}`);
  return new Promise((resolve) => {
    const handler: UpstreamHandler = { onHead: () => undefined, onData: () => undefined, onEnd: () => resolve(true), onFailure: () => resolve(false) };
    const headers = callerHeaders({ accessToken: account.tokens.accessToken, chatgptAccountId: account.account.chatgptAccountId });
    const call = openTurn({ origin, proxy: network.proxyFor(account.account), path, method: 'GET', headers, body: null, headersTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs }, handler);
    signal.addEventListener('abort', () => call.abort(), { once: true });
  });
}
