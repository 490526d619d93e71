import type { AccountId } from '../contract/account.ts';
import type { PoolUsage } from '../contract/usage.ts';
import type { Clock } from '../core/clock.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Log } from '../core/logger.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { OpenTurn } from '../core/upstreamPort.ts';
import type { Scope } from '../core/scope.ts';
import type { Store } from '../core/store.ts';
import { poolUsage, type PoolUsageOptions } from '../core/poolUsage.ts';
import { PacedLoop } from '../jobs/pacedLoop.ts';
import { pollUsage } from '../jobs/usagePoller.ts';
import { readUpstreamError } from '../protocol/responses/upstreamErrorBody.ts';
import type { HttpSend } from '../upstream/httpSend.ts';
import { makeReadUsage } from '../upstream/readUsage.ts';
import { makeReadWorkspaceName } from '../upstream/readWorkspace.ts';
import { makeResetCredits } from '../upstream/resetCredits.ts';
import type { AccountPool } from './accountPool.ts';
import { usageHandlers } from './handlers/usage.ts';
import { keepAlive } from './keepalive.ts';
import { Presence } from './presence.ts';
import { RedrawTimer } from './redrawTimer.ts';
import type { Renewal } from './tokenKeeper.ts';
import type { UsageHistory } from './usageHistory.ts';
import { UsageKeeper } from './usageKeeper.ts';
import { UsageRefreshes } from './usageRefreshes.ts';

/** How far back the pace of windows is remembered over a restart, ms. */
const rememberedMs = 10_800_000;
/** After a limit an account is not asked again that was asked so shortly before, ms. */
const afterLimitMs = 30_000;

/** The pool's totals are told at most once in so long, and so much longer for each account, ms. */
const quietMs = 250;
const quietPerAccountMs = 0.5;
const afterResetMs = 15_000;

export interface UsageDeps {
  readonly config: EngineConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly pool: AccountPool;
  readonly history: UsageHistory;
  readonly renew: (id: AccountId, refusedToken: string, reason: 'unauthorized_recovery') => Promise<Renewal>;
  readonly network: Network;
  readonly send: HttpSend;
  readonly openTurn: OpenTurn;
  /** Who routing would ask now. */
  readonly first: () => PoolUsageOptions['first'];
}

/** Everything that knows what accounts have left: asks for it, keeps it, and tells it. */
export function composeUsage(deps: UsageDeps, scope: Scope) {
  const { config, clock, log, store, pool, history, renew, network, send } = deps;
  const { usage: settings, usageBaseUrl: baseUrl, lowPercent } = config;
  const presence = new Presence(clock);
  let changed = (): void => undefined;
  const usage = scope.own(new UsageKeeper({
    pool, clock, log, network, renew, workers: settings.workers, failureWindowMs: settings.failureWindowMs,
    readUsage: makeReadUsage({ baseUrl, send, now: () => clock.now(), readError: readUpstreamError }), readWorkspaceName: makeReadWorkspaceName({ baseUrl, send }),
  }));
  const refreshes = scope.own(new UsageRefreshes(pool, usage, settings.workers));
  const tell = (): PoolUsage => poolUsage(pool.list(), { now: clock.now(), lowPercent, longInShort: history.longInShort, first: deps.first() });
  return {
    presence, usage, poolUsage: tell,
    handlers: usageHandlers({ pool, clock, network, store, history, usage, refreshes, presence, resetCredits: makeResetCredits({ baseUrl, send }), poolUsage: tell }),
    /** Tells when the pool's totals may be others: seldom for a large pool, which is added up anew each time. */
    onChange: (listener: () => void): void => {
      const timer = scope.own(new RedrawTimer(() => Math.max(quietMs, pool.list().length * quietPerAccountMs), listener));
      scope.own(pool.onChange(() => timer.arm()));
      changed = () => timer.arm();
    },
    /** Something else than accounts changed who is asked. */
    routeChanged: (): void => changed(),
    /** Accounts that time alone changed: whoever has a window that was reset is asked for it, a little later, because the provider's clock may be behind. */
    timePassed: (ids: ReadonlySet<AccountId>): void => {
      changed();
      if (settings.poll) setTimeout(() => ids.forEach((id) => void usage.read(id).catch(() => undefined)), afterResetMs).unref();
    },
    /** Starts what runs by itself, once everything else stands. */
    start: () => startLoops(deps, { presence, usage }, scope),
  };
}

function startLoops({ config, clock, log, store, pool, history, network, openTurn }: UsageDeps, { presence, usage }: { readonly presence: Presence; readonly usage: UsageKeeper }, scope: Scope): void {
  const { pace, poll, whenIdle } = config.usage;
  const isWanted = (withinMs: number) => (): boolean => whenIdle || presence.isAnyone(withinMs);
  const read = (id: Parameters<UsageKeeper['read']>[0]): void => void usage.read(id).catch(() => undefined); // only the engine's end rejects it
  void store.recentUsage(clock.now() - rememberedMs).then((samples) => history.load(samples), (thrown: unknown) => log('warn', `What was heard of usage before could not be read: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`));
  if (poll) {
    const loop = scope.own(new PacedLoop({
      clock, pace,
      run: () => pollUsage({ clock, intervalMs: pace.intervalMs, accounts: () => pool.list(), lastReadAt: (id) => usage.lastReadAt(id), isWanted: isWanted(pace.intervalMs), read: usage.read }),
    }));
    presence.onReturn = () => loop.wake();
    scope.own(pool.onChange((changed) => {
      // Each account once, right after it was added.
      for (const id of changed) if (usage.lastReadAt(id) === 0 && pool.find(id)?.state.windowsAt === 0) read(id);
    }));
    // A limit that a request ran into says little; the usage says until when, and of which window.
    scope.own(pool.onLimit((limited) => {
      for (const id of limited) if (clock.now() - usage.lastReadAt(id) > afterLimitMs) read(id);
    }));
  }
  scope.own(new PacedLoop({ clock, pace: config.keepalive, run: (signal) => keepAlive({ pool, clock, config, network, openTurn, isWanted: isWanted(config.keepalive.intervalMs) }, signal) }));
}
