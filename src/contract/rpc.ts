import * as z from 'zod/mini';
import { Account, AccountId } from './account.ts';
import { GatewayState } from './gatewayState.ts';
import { ImportFailure, ImportStart, ImportStatus } from './importJob.ts';
import { LogExport, LogExportStart } from './logExport.ts';
import { LoginStart, LoginStarted, LoginStatus } from './login.ts';
import { KeyId, KeyLimitsChange, PlatformKey, ProtocolType } from './platformKey.ts';
import { PriceFamily, PriceList, TokenPrices } from './prices.ts';
import { RouteExplanation, RouteState, RouteStrategy } from './route.ts';
import { SettingsChange, SettingsState } from './settings.ts';
import { RequestLogItem, StatusClass, TodaySummary } from './requestLog.ts';
import { StatisticsBucket, StatisticsQuestion } from './statistics.ts';
import { BackupDone, BackupStart, CodexLogin, CodexLoginWritten, ExportDone, ExportStart } from './transfer.ts';
import { PoolUsage, ResetCredit, ResetOutcome, UsageHour, UsageRefresh, UsageSnapshot } from './usage.ts';

/** Raised with every change that an older or newer window could not understand. */
export const contractVersion = 1;

const nothing = z.optional(z.nullable(z.looseObject({})));
const Done = z.object({ ok: z.literal(true) });
const optionalText = z.optional(z.nullable(z.string()));

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
const group = z.optional(z.nullable(z.string().check(z.trim(), z.maxLength(100))));
const reserve = z.optional(z.int().check(z.minimum(0), z.maximum(99)));
/** Names of groups ('' = of none) or plans; null: all. */
const names = z.optional(z.nullable(z.array(z.string().check(z.trim(), z.maxLength(100))).check(z.minLength(1), z.maxLength(100))));
/** What a person may set about a key, at its making and later; blank: none. */
const keyFields = {
  name: optionalText, modelSlug: optionalText, reasoningEffort: optionalText, protocolType: z.optional(z.nullable(ProtocolType)), accountGroups: names, accountPlans: names,
  note: z.optional(z.nullable(z.string().check(z.maxLength(4000)))), limits: z.optional(z.nullable(KeyLimitsChange)), expiresAt: z.optional(z.nullable(z.int().check(z.minimum(0)))),
};
/** The address of a proxy; null or blank: none. */
const proxyUrl = z.optional(z.nullable(z.string().check(z.maxLength(2000))));
/** What a person may set about one account; what is left out stays. A blank group or note is none. */
const AccountChange = z.object({
  accountId: AccountId,
  sort: z.optional(z.int()),
  enabled: z.optional(z.boolean()),
  label: z.optional(name),
  groupName: group,
  tags: z.optional(z.array(z.string().check(z.trim(), z.minLength(1), z.maxLength(50))).check(z.maxLength(30))),
  note: z.optional(z.nullable(z.string().check(z.maxLength(4000)))),
  codexShared: z.optional(z.boolean()),
  /** Percent of each window that is the person's own. */
  reservePercent: reserve,
  proxyUrl,
});
const ids = z.array(AccountId).check(z.minLength(1));
/** Answers at once when the thing is at another state than `seen…`, else at the next change or after so many ms. */
const waitMs = z.optional(z.number().check(z.minimum(0), z.maximum(30_000)));

/**
 * Every question a client may ask. Names and fields are CodexManager v0.1.3's; what we added is additive.
 * Every result here is the success shape; failures travel as a Fault (JSON-RPC 2.0) or inside `result` (the original's envelope).
 */
export const methods = {
  initialize: { params: nothing, result: z.object({ server_name: z.string(), version: z.string() }) },
  'account/list': { params: nothing, result: z.object({ items: z.array(Account) }) },
  'account/import': {
    params: z.object({ contents: z.optional(z.array(z.unknown())), content: optionalText }),
    result: z.object({ total: z.number(), created: z.number(), updated: z.number(), skipped: z._default(z.number(), 0), failed: z.number(), errors: z.array(ImportFailure) }),
  },
  'account/import/start': { params: ImportStart, result: ImportStatus },
  'account/import/status': { params: z.object({ importId: z.string(), seenRevision: z.optional(z.number()), waitMs }), result: ImportStatus },
  /** Opens the backup that was read, or begins storing what is `ready`. `codexShared`: the person agreed to keep Codex CLI's login in step. */
  'account/import/commit': { params: z.object({ importId: z.string(), passphrase: z.optional(z.string()), codexShared: z.optional(z.boolean()) }), result: ImportStatus },
  /** What is stored by then stays stored. */
  'account/import/cancel': { params: z.object({ importId: z.string() }), result: ImportStatus },
  'account/update': { params: AccountChange, result: Done },
  /** The same change for many, all or none. */
  'account/updateMany': { params: z.object({ accountIds: ids, enabled: z.optional(z.boolean()), groupName: group, reservePercent: reserve, proxyUrl }), result: z.object({ updated: z.number() }) },
  /**
   * Whether the provider can be reached: through this proxy, else the way the account goes, else the way everybody does. Nothing of an account is sent. `ok`
   * with whatever status the provider answers; `reason` says what failed, or what is worth knowing.
   */
  'account/proxy/test': {
    params: z.object({ accountId: z.optional(AccountId), proxyUrl }),
    result: z.object({ ok: z.boolean(), ms: z.number(), status: z.nullable(z.number()), reason: z.nullable(z.string()) }),
  },
  /** Puts these accounts, in this order, before another one (`before` null: at the end) and, when a group is given, into it. All or none. */
  'account/arrange': { params: z.object({ accountIds: ids, before: z.nullable(AccountId), groupName: group }), result: z.object({ updated: z.number() }) },
  'account/delete': { params: z.object({ accountId: AccountId }), result: Done },
  'account/deleteMany': { params: z.object({ accountIds: ids }), result: z.object({ deleted: z.number() }) },
  'account/login/start': { params: LoginStart, result: LoginStarted },
  /** `waitMs`: answers as soon as the login is no longer pending. */
  'account/login/status': { params: z.optional(z.nullable(z.object({ loginId: optionalText, waitMs }))), result: LoginStatus },
  /** The original's three fields, or `url`: the address the browser ended on, as a person pastes it. */
  'account/login/complete': { params: z.object({ state: optionalText, code: optionalText, redirectUri: optionalText, url: optionalText }), result: Done },
  'account/login/cancel': { params: z.object({ loginId: z.string() }), result: Done },
  /** Renews the login now, whatever its age. */
  'account/tokens/refresh': { params: z.object({ accountId: AccountId }), result: Done },
  'account/export': { params: ExportStart, result: ExportDone },
  'account/codexLogin': { params: nothing, result: CodexLogin },
  /** Writes this account's login into Codex CLI's `auth.json` and keeps it in step from then on. */
  'account/useInCodex': { params: z.object({ accountId: AccountId }), result: CodexLoginWritten },
  'backup/create': { params: BackupStart, result: BackupDone },
  'account/usage/read': { params: z.optional(z.nullable(z.object({ accountId: optionalText }))), result: z.object({ snapshot: z.nullable(UsageSnapshot) }) },
  'account/usage/list': { params: nothing, result: z.object({ items: z.array(UsageSnapshot) }) },
  /** With an account its failure is told; without one all are asked, and failures are not. */
  'account/usage/refresh': { params: z.optional(z.nullable(z.object({ accountId: optionalText }))), result: Done },
  /** Ours: many accounts, with progress. All when none are named. */
  'account/usage/refresh/start': { params: z.optional(z.nullable(z.object({ accountIds: z.optional(ids) }))), result: UsageRefresh },
  'account/usage/refresh/status': { params: z.object({ refreshId: z.string(), seenRevision: z.optional(z.number()), waitMs }), result: UsageRefresh },
  'account/usage/refresh/cancel': { params: z.object({ refreshId: z.string() }), result: UsageRefresh },
  /** Windows by the hour, 90 days back; times in Unix seconds. */
  'usage/history': { params: z.optional(z.object({ accountId: z.optional(z.nullable(AccountId)), from: z.optional(z.number()), to: z.optional(z.number()) })), result: z.object({ items: z.array(UsageHour) }) },
  'usage/pool': { params: nothing, result: PoolUsage },
  'account/resetCredits/list': { params: z.object({ accountId: AccountId }), result: z.object({ items: z.array(ResetCredit) }) },
  /** Spends one; only ever at a person's explicit wish. */
  'account/resetCredits/redeem': { params: z.object({ accountId: AccountId, creditId: z.string() }), result: z.object({ outcome: ResetOutcome }) },
  /** A window says whether a person looks at it; again at least every two minutes. */
  'window/presence': { params: z.object({ windowId: z.string().check(z.minLength(1), z.maxLength(100)), active: z.boolean() }), result: Done },
  /** A window wants to tell a person these; it tells those that are granted, because no other window has claimed them since the engine started. */
  'notice/claim': { params: z.object({ keys: z.array(z.string().check(z.minLength(1), z.maxLength(300))).check(z.minLength(1), z.maxLength(10_000)) }), result: z.object({ granted: z.array(z.string()) }) },
  'apikey/list': { params: nothing, result: z.object({ items: z.array(PlatformKey) }) },
  'apikey/create': {
    params: z.object(keyFields),
    result: z.object({ id: KeyId, key: z.string() }),
  },
  'apikey/readSecret': { params: z.object({ id: KeyId }), result: z.object({ id: KeyId, key: z.string() }) },
  /** What is left out stays, and of the limits too. Applied to the next request; running ones go on. */
  'apikey/update': { params: z.object({ id: KeyId, ...keyFields }), result: Done },
  /** The original's: model and effort are both set, or cleared when left out. */
  'apikey/updateModel': { params: z.object({ id: KeyId, modelSlug: optionalText, reasoningEffort: optionalText, protocolType: z.optional(z.nullable(ProtocolType)) }), result: Done },
  /** A new text for the same key; the old one opens nothing from then on. */
  'apikey/regenerate': { params: z.object({ id: KeyId }), result: z.object({ id: KeyId, key: z.string() }) },
  'apikey/enable': { params: z.object({ id: KeyId }), result: Done },
  'apikey/disable': { params: z.object({ id: KeyId }), result: Done },
  'apikey/delete': { params: z.object({ id: KeyId }), result: Done },
  'requestlog/list': {
    params: z.optional(z.object({ query: optionalText, limit: z.optional(z.number()),
      /** The newest before this one; or else the oldest after that one. Newest first either way. */
      beforeId: z.optional(z.nullable(z.number())), afterId: z.optional(z.nullable(z.number())),
      /** Together with the query: only this class of status. */
      statusClass: z.optional(z.nullable(StatusClass)),
      /** Also tells how many match in all, at most so many. */
      countUpTo: z.optional(z.int().check(z.minimum(1), z.maximum(1_000_000))) })),
    result: z.object({ items: z.array(RequestLogItem), count: z.optional(z.number()) }),
  },
  /** Ours: writes requests into a file, in one call; or with progress and Cancel. */
  'requestlog/export': { params: LogExportStart, result: LogExport },
  'requestlog/export/start': { params: LogExportStart, result: LogExport },
  'requestlog/export/status': { params: z.object({ exportId: z.string(), seenRevision: z.optional(z.number()), waitMs }), result: LogExport },
  'requestlog/export/cancel': { params: z.object({ exportId: z.string() }), result: LogExport },
  'requestlog/clear': { params: nothing, result: Done },
  'requestlog/today_summary': { params: nothing, result: TodaySummary },
  /** Sums by the hour, day, week or month, also of requests that are no longer in the log. At most 1,000 steps. */
  'requestlog/stats': { params: StatisticsQuestion, result: z.object({ items: z.array(StatisticsBucket) }) },
  /** What models cost, in US dollars per million tokens: the built-in prices and a person's own. */
  'prices/list': { params: nothing, result: PriceList },
  /** A family's own prices, whole. They count for requests that end from now on; those in the log keep their cost. */
  'prices/set': { params: z.object({ family: PriceFamily, ...TokenPrices.shape }), result: PriceList },
  /** The built-in prices again, of one family or of all. */
  'prices/reset': { params: z.optional(z.nullable(z.object({ family: z.optional(z.nullable(PriceFamily)) }))), result: PriceList },
  'gateway/routeStrategy/get': { params: nothing, result: z.object({ strategy: RouteStrategy, options: z.array(RouteStrategy), manualPreferredAccountId: z.nullable(AccountId) }) },
  /** By any of its names: `ordered` (order, priority, sequential), `balanced` (round_robin, round-robin, rr), `headroom`, `drain`. */
  'gateway/routeStrategy/set': { params: z.object({ strategy: z.string() }), result: z.object({ strategy: RouteStrategy }) },
  'gateway/manualAccount/get': { params: nothing, result: z.object({ accountId: z.nullable(AccountId) }) },
  /** This account is asked first until it fails, or until `until` (Unix s; ours). */
  'gateway/manualAccount/set': { params: z.object({ accountId: AccountId, until: z.optional(z.nullable(z.number())) }), result: Done },
  'gateway/manualAccount/clear': { params: nothing, result: Done },
  'settings/get': { params: nothing, result: SettingsState },
  /** What is left out stays. All or none; applied to the next request. */
  'settings/update': { params: SettingsChange, result: SettingsState },
  'route/state': { params: nothing, result: RouteState },
  /** Who would be asked now for a model, with a key, in a conversation as the client names it; in which order, and why nobody else. Nothing is sent. */
  'route/explain': { params: z.optional(z.nullable(z.object({ model: optionalText, keyId: optionalText, conversation: optionalText }))), result: RouteExplanation },
  'gateway/status': { params: nothing, result: GatewayState },
  /** Listens again after a stop, or tries a busy port once more. */
  'gateway/start': { params: nothing, result: GatewayState },
  /** Ends every connection and gives the port back until the next start of gateway or engine. */
  'gateway/stop': { params: nothing, result: GatewayState },
  /** New requests are refused with 503 until it is resumed, also after a restart; those that run end as they would. */
  'gateway/pause': { params: nothing, result: GatewayState },
  'gateway/resume': { params: nothing, result: GatewayState },
} satisfies Record<string, { params: z.ZodMiniType; result: z.ZodMiniType }>;

/** At most so many accounts are in one part: reading it takes about a millisecond. */
export const mostPerPart = 100;

/**
 * Some accounts of the pool, each as it is now, in no order of meaning. With `reset` what was heard before no longer counts; until `last`, parts of the
 * pool as it was then are still to come, later ones only tell what changed. `removed` are accounts that are gone.
 */
export const AccountPart = z.object({ reset: z.boolean(), accounts: z.array(Account), removed: z.array(AccountId), last: z.boolean() });
export type AccountPart = z.infer<typeof AccountPart>;

/**
 * Every event a client may hear on `GET /rpc/events`: state, not deltas, so a lost one heals with the next. The pool comes whole with every change, the
 * more seldom the larger it is; who asks for `GET /rpc/events?accounts=parts` hears `account/part` instead.
 */
export const events = {
  'account/changed': z.array(Account),
  'account/part': AccountPart,
  'apikey/changed': z.array(PlatformKey),
  'requestlog/added': z.array(RequestLogItem),
  'gateway/changed': GatewayState,
  'usage/changed': PoolUsage,
  'route/changed': RouteState,
  'settings/changed': SettingsState,
} satisfies Record<string, z.ZodMiniType>;

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]['params']>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]['result']>;
export type Handlers = { [M in Method]: (params: Params<M>) => Promise<Result<M>> };
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;
export type Emit = <E extends EventName>(event: E, payload: EventPayload<E>) => void;
