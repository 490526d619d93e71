import { randomBytes } from 'node:crypto';
import type { EngineReady } from '../contract/host.ts';
import type { Handlers } from '../contract/rpc.ts';
import type { Clock } from '../core/clock.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { OpenedStore, Store } from '../core/store.ts';
import { parseEngineConfig } from '../core/parseEngineConfig.ts';
import { Scope } from '../core/scope.ts';
import { startGateway } from '../gateway/startGateway.ts';
import { EventStream } from '../rpc/eventStream.ts';
import { rpcRoutes } from '../rpc/rpcRoutes.ts';
import { startRpcServer } from '../rpc/server.ts';
import { openStore } from '../storage/storeClient.ts';
import { HttpSender } from '../upstream/httpSend.ts';
import { makeLoginIssuer } from '../upstream/login.ts';
import { makeProbe } from '../upstream/probe.ts';
import { makeWhoAmI } from '../upstream/whoAmI.ts';
import { AccountPool } from './accountPool.ts';
import { BindingTable } from './bindingTable.ts';
import { CodexAuthFile } from './codexAuthFile.ts';
import { composeUsage } from './composeUsage.ts';
import { accountHandlers } from './handlers/accounts.ts';
import { importHandlers } from './handlers/imports.ts';
import { keyHandlers } from './handlers/keys.ts';
import { loginHandlers } from './handlers/logins.ts';
import { noticeHandlers } from './handlers/notices.ts';
import { proxyHandlers } from './handlers/proxies.ts';
import { namesById, namesOf } from './namesOf.ts';
import { requestLogHandlers } from './handlers/requestLogs.ts';
import { routeHandlers } from './handlers/routes.ts';
import { tokenHandlers } from './handlers/tokens.ts';
import { transferHandlers } from './handlers/transfers.ts';
import { LogExports } from './exports/logExports.ts';
import { GatewaySwitch } from './gatewaySwitch.ts';
import { ImportJobs } from './imports/importJobs.ts';
import { KeyBudgets } from './keyBudgets.ts';
import { KeyRing } from './keyRing.ts';
import { openNetwork } from './network.ts';
import { LoginService } from './login/loginService.ts';
import { openBrowser } from './login/openBrowser.ts';
import type { ServicePorts } from './ports.ts';
import { PriceBook, pricesName } from './priceBook.ts';
import { priceHandlers } from './handlers/prices.ts';
import { RequestRecorder, type OnAdded } from './requestRecorder.ts';
import { resolveRpcToken } from './rpcToken.ts';
import { keepRetention } from './keepRetention.ts';
import { RouteTable } from './routeTable.ts';
import { readWishes, routeSetting } from './routeWish.ts';
import { LiveSettings, settingsName } from './liveSettings.ts';
import { composeMetrics } from './metrics/composeMetrics.ts';
import { RequestMeter } from './metrics/requestMeter.ts';
import { settingsHandlers } from './handlers/settings.ts';
import { watchTime } from './timedChanges.ts';
import { careForTokens } from './tokenCare.ts';
import { UsageHistory } from './usageHistory.ts';

/** The setting's name in the database. */
const pausedName = 'gatewayPaused';

export interface RunningService {
  readonly ready: EngineReady;
  /** Resolves when the service can no longer work, because the databases' worker died. */
  readonly failed: Promise<void>;
  /** Ends listeners and streams, then closes the databases. */
  stop(): Promise<void>;
}

/**
 * The composition root: every part is made here and given its ports, in the order of their dependence; they end in the opposite order. The caller holds
 * the leader lock. Rejects with an AppError that says what a person can do; nothing is left running then.
 */
export async function startService(ports: ServicePorts): Promise<RunningService> {
  const scope = new Scope();
  try {
    const { ready, failed } = await compose(ports, scope);
    return { ready, failed, stop: () => scope.dispose() };
  } catch (thrown) {
    await scope.dispose();
    throw thrown;
  }
}

async function compose(ports: ServicePorts, scope: Scope): Promise<Omit<RunningService, 'stop'>> {
  const { start, log } = ports;
  const config = parseEngineConfig(start.env, start.dbPath);
  const opened = await openStore({
    dbPath: start.dbPath, storeFile: start.storeFile, envDataKey: start.env['CODEXMANAGER_DATA_KEY'] ?? null, secretDataKey: start.secretDataKey, traceBytes: config.trace.fileBytes,
    onNotice: (notice) => log('warn', notice.message),
  });
  scope.own({ dispose: () => opened.store.close() });
  const parts = makeParts(ports, config, opened, scope);
  const gateway: GatewaySwitch = scope.own(new GatewaySwitch({
    open: () => startGateway({ ...ports, ...parts, keys: parts.keys, config, mount, isPaused: () => gateway.paused }), port: config.listen.port,
    paused: opened.settings[pausedName] === 'true', keepPaused: (paused) => opened.store.saveSetting(pausedName, String(paused)),
  }));
  const handlers = handlersOf(ports, parts, opened.store, gateway);
  const events = eventsOf(parts, gateway, ports.clock, scope);
  parts.onRequests = (ids, rows) => {
    parts.usage.presence.looked();
    if (!events.idle) events.emit('requestlog/added', rows.map((row, i) => ({ id: ids[i] ?? 0, ...row })));
  };
  const calls = { count: 0, failed: 0, ms: 0 };
  const metrics = scope.own(composeMetrics(parts.meter, { ...parts, clock: ports.clock, usage: parts.usage.usage.done, renewals: parts.tokens.renewals, calls }));
  const onCall = (ms: number, failed: boolean): void => {
    calls.count += 1;
    calls.ms += ms;
    if (failed) calls.failed += 1;
  };
  const control = { handlers, events, log, onCall, metrics: () => metrics.text() };
  const mount = start.rpcOnGatewayPort
    ? rpcRoutes({ ...control, guard: { token: resolveRpcToken(config.rpcToken, config.rpcTokenFile), allowedHosts: config.allowedHosts } })
    : null;
  if (!config.noService) await gateway.start();
  const token = randomBytes(32).toString('hex');
  parts.usage.start();
  const rpc = scope.own(await startRpcServer({ ...control, guard: { token, allowedHosts: [] } }));
  return { ready: { type: 'ready', rpcUrl: rpc.url, token, epoch: opened.epoch, gateway: gateway.state(), newDataKey: opened.newDataKey }, failed: opened.died };
}

type Parts = ReturnType<typeof makeParts>;

/** Everything between the store and the listeners. */
function makeParts({ start, clock, log }: ServicePorts, config: EngineConfig, { store, accounts, keys, keyUsage, bindings, settings }: OpenedStore & { readonly store: Store }, scope: Scope) {
  const network = openNetwork({ config, settings: start.network, log });
  const pools = scope.own(network.pools);
  const sender = new HttpSender(pools);
  const prices = new PriceBook(settings[pricesName], (json) => store.saveSetting(pricesName, json));
  const recorder: RequestRecorder = scope.own(new RequestRecorder({ store, log, onAdded: (ids, rows) => parts.onRequests(ids, rows), traceLines: config.trace.queueLines }));
  const history = scope.own(new UsageHistory({ store, log, retain: config.usage.retainPerAccount }));
  const pool = scope.own(new AccountPool({ store, clock, log, history, lowPercent: config.lowPercent }, accounts));
  const codexAuth = new CodexAuthFile(start.codexHome);
  const tokens = careForTokens({ pool, clock, log, send: sender.send, network, config, codexAuth }, scope);
  const budgets = scope.own(new KeyBudgets({ store, clock, log }, keyUsage));
  const keyRing = scope.own(new KeyRing({ store, log, budgets }, keys));
  const bindingTable = new BindingTable(bindings, clock, (binding) => recorder.bind(binding));
  const wishes = readWishes(settings);
  const liveSettings = scope.own(new LiveSettings({ decided: config.decided, keep: (json) => store.saveSetting(settingsName, json) }, wishes.settings));
  keepRetention({ clock, log, store, settings: liveSettings, usageSnapshots: config.usage.retainPerAccount }, scope);
  const routes = scope.own(new RouteTable({ clock, settings: liveSettings, bindings: bindingTable, find: (id) => pool.find(id), keep: (pinned) => store.saveSetting(routeSetting, JSON.stringify({ pinned })) }, wishes.pinned));
  const parts = {
    pool,
    tokens,
    codexAuth,
    renew: tokens.renew,
    usage: composeUsage({ config, clock, log, store, pool, history, network, renew: tokens.renew, send: sender.send, openTurn: pools.open, first: () => routes.first(pool.roster()) }, scope),
    logins: scope.own(new LoginService({ config, issuer: makeLoginIssuer({ ...config, send: sender.send, clock }), network, pool, clock, log, openBrowser, exclusive: (ids, task) => tokens.exclusive(ids, task), signedIn: (id) => tokens.signedIn(id) })),
    keys: keyRing,
    budgets,
    imports: scope.own(new ImportJobs({ pool, keys: keyRing, tokens, clock, log, codexAuth, whoAmI: makeWhoAmI({ issuer: config.issuer, send: sender.send }) })),
    prices,
    logExports: scope.own(new LogExports({ clock, store, names: () => namesById(pool, keyRing) })),
    recorder,
    bindings: bindingTable,
    routes,
    settings: liveSettings,
    meter: new RequestMeter(),
    network,
    probe: makeProbe({ pools, url: config.upstreamBaseUrl }),
    openTurn: pools.open,
    onRequests: ((): void => undefined) as OnAdded,
  };
  return parts;
}

function eventsOf({ pool, keys, usage, routes, settings }: Parts, gateway: GatewaySwitch, clock: Clock, scope: Scope): EventStream {
  const events = scope.own(new EventStream(pool, () => [
    { event: 'apikey/changed', payload: keys.view() },
    { event: 'gateway/changed', payload: gateway.state() },
    { event: 'usage/changed', payload: usage.poolUsage() },
    { event: 'route/changed', payload: routes.state() },
    { event: 'settings/changed', payload: settings.state() },
  ]));
  gateway.onChange(() => events.emit('gateway/changed', gateway.state()));
  routes.onChange(() => {
    events.emit('route/changed', routes.state());
    usage.routeChanged();
  });
  settings.onChange(() => events.emit('settings/changed', settings.state()));
  pool.onChange((ids) => events.accountsChanged(ids));
  scope.own(watchTime(pool, clock, (ids) => {
    events.accountsChanged(ids);
    usage.timePassed(ids);
  }));
  usage.onChange(() => {
    if (!events.idle) events.emit('usage/changed', usage.poolUsage());
  });
  keys.onChange(() => {
    if (!events.idle) events.emit('apikey/changed', keys.view());
  });
  return events;
}

function handlersOf({ clock, log, version }: ServicePorts, { pool, keys, budgets, recorder, tokens, codexAuth, logins, imports, usage, routes, settings, network, probe, prices, logExports }: Parts, store: Store, gateway: GatewaySwitch): Handlers {
  return {
    initialize: () => Promise.resolve({ server_name: 'codexmanager-service', version }),
    'gateway/status': () => Promise.resolve(gateway.state()),
    'gateway/start': () => gateway.start(),
    'gateway/stop': () => gateway.stop(),
    'gateway/pause': () => gateway.setPaused(true),
    'gateway/resume': () => gateway.setPaused(false),
    ...accountHandlers(pool),
    ...importHandlers(imports),
    ...loginHandlers(logins),
    ...proxyHandlers(pool, network, probe),
    ...tokenHandlers(pool, tokens),
    ...transferHandlers({ pool, keys, tokens, codexAuth, log }),
    ...usage.handlers,
    ...routeHandlers({ routes, pool, keys, clock }),
    ...settingsHandlers(settings),
    ...noticeHandlers(),
    ...priceHandlers(prices),
    ...keyHandlers(keys, clock),
    ...requestLogHandlers({ store, recorder: { flush: () => budgets.flush().then(() => recorder.flush()) }, clock, names: namesOf(pool, keys), exports: logExports }),
  };
}
