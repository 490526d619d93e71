import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Log } from '../core/logger.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { Scope } from '../core/scope.ts';
import { TokenRefresher } from '../jobs/tokenRefresher.ts';
import { makeExchangeApiKey } from '../upstream/apiKeyExchange.ts';
import type { HttpSend } from '../upstream/httpSend.ts';
import { makeRefreshTokens } from '../upstream/refreshTokens.ts';
import type { AccountPool } from './accountPool.ts';
import { ApiKeys } from './apiKeys.ts';
import type { CodexAuthFile } from './codexAuthFile.ts';
import { CodexSharing } from './codexSharing.ts';
import { TokenKeeper } from './tokenKeeper.ts';

export interface TokenCareDeps {
  readonly pool: AccountPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: HttpSend;
  readonly network: Network;
  readonly config: Pick<EngineConfig, 'issuer' | 'clientId' | 'fallbackBaseUrl'>;
  readonly codexAuth: CodexAuthFile;
}

/** Everything that keeps logins alive, started. */
export function careForTokens({ pool, clock, log, send, network, config, codexAuth }: TokenCareDeps, scope: Scope): TokenKeeper {
  const { issuer, clientId } = config;
  const exchange = makeExchangeApiKey({ issuer, clientId, send });
  const keeper = scope.own(new TokenKeeper({
    pool, clock, log, network, random: Math.random,
    refresh: makeRefreshTokens({ issuer, clientId, send, clock }),
    sharing: new CodexSharing({ pool, clock, log, file: codexAuth }),
    apiKeys: config.fallbackBaseUrl === null ? null : (keep) => new ApiKeys({ pool, clock, log, network, exchange, keep }),
  }));
  const job = scope.own(new TokenRefresher({ clock, log, tidy: () => keeper.tidy(), due: () => keeper.due(), refresh: (id) => keeper.refreshDue(id) }));
  scope.own(pool.onChange(newsFor(pool, keeper, () => job.wake())));
  return keeper;
}

/** Calls back when accounts come or become due. */
function newsFor(pool: AccountPool, keeper: TokenKeeper, wake: () => void): (changed: ReadonlySet<AccountId>) => void {
  const known = new Set(pool.list().map(({ account }) => account.id));
  return (changed) => {
    let news = false;
    for (const id of changed) {
      if (!known.has(id) || keeper.isDue(id)) news = true;
      known.add(id);
    }
    if (news) wake();
  };
}
