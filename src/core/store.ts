import type { AccountId } from '../contract/account.ts';
import type { KeyId } from '../contract/platformKey.ts';
import type { RequestLogItem, TodaySummary } from '../contract/requestLog.ts';
import type { Amount } from './keyLimits.ts';
import type { Reservation } from './keyLedger.ts';
import type { LogTuple } from './logTuple.ts';
import type { QueryTerm } from './logQuery/queryTerm.ts';
import type { StatisticsBucket, StatisticsBy } from '../contract/statistics.ts';
import type { UsageHour } from '../contract/usage.ts';
import type { AccountRecord, AccountState, Binding, KeyRecord, KeySet, StoredAccount, TokenRecord, UsageSample } from './records.ts';
import type { PrunedKind, RetentionLimits } from './retention.ts';
import type { TimeStep } from './timeSteps.ts';

/** What the engine needs to know when the store opens. */
export interface OpenedStore {
  /** One higher than the last leader's. */
  readonly epoch: number;
  /** A data key that was made just now (64 hex digits), null when an existing one was used. */
  readonly newDataKey: string | null;
  readonly accounts: readonly StoredAccount[];
  readonly keys: readonly KeyRecord[];
  readonly keyUsage: KeyUsageState;
  readonly bindings: readonly Binding[];
  /** What a person decided, by name, each as JSON. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How to open: the main file's absolute path (the log file stands beside it) and the data keys the hosts can offer, null when unknown. */
export interface OpenStoreOptions {
  readonly dbPath: string;
  /** `CODEXMANAGER_DATA_KEY`: 64 hex digits or base64 of 32 bytes. */
  readonly envDataKey: string | null;
  readonly secretDataKey: string | null;
  /** Longest trace file; the built-in bound when left out. */
  readonly traceBytes?: number | undefined;
}

/**
 * The databases. Everything but the log batch is durable (synchronous=FULL) when its Promise resolves, or nothing was changed and it rejects with
 * an AppError (`diskFull`, `databaseReadOnly`, `databaseCorrupt`, …).
 */
export interface Store {
  /** Inserts or updates account, tokens and state together, all in one transaction. */
  saveAccounts(accounts: readonly StoredAccount[]): Promise<void>;
  /** Replaces these accounts' rows, all in one transaction; resolves to how many there were. */
  updateAccounts(accounts: readonly AccountRecord[]): Promise<number>;
  /** Resolves to how many there were. */
  deleteAccounts(ids: readonly AccountId[]): Promise<number>;
  saveTokens(id: AccountId, tokens: TokenRecord): Promise<void>;
  /** All in one transaction. */
  saveStates(states: readonly { readonly id: AccountId; readonly state: AccountState }[]): Promise<void>;
  /** One setting, as JSON. */
  saveSetting(name: string, value: string): Promise<void>;
  /** Stores a key and its secret together. */
  createKey(key: KeyRecord, secret: string): Promise<void>;
  setKeyEnabled(id: KeyId, enabled: boolean): Promise<boolean>;
  /** What a person sets about a key, whole. False when there is no such key. */
  updateKey(id: KeyId, set: KeySet): Promise<boolean>;
  /** Another text and its hash in the place of the key's. False when there is no such key. */
  replaceKeySecret(id: KeyId, hash: string, secret: string): Promise<boolean>;
  /** What requests of keys with limits reserve and use, all in one transaction. Of deleted keys nothing is kept, and a settlement counts once. */
  countKeys(batch: KeyUsageBatch): Promise<void>;
  /** When keys were last used, Unix seconds. Of deleted keys nothing is kept. */
  setKeysUsed(used: readonly { readonly id: KeyId; readonly lastUsedAt: number }[]): Promise<void>;
  deleteKey(id: KeyId): Promise<boolean>;
  /** The key's text, null when there is no such key. */
  readKeySecret(id: KeyId): Promise<string | null>;
  /** Rows, trace lines and bindings of the last moments; resolves to the ids of the rows, in their order. NORMAL durability. */
  appendLog(batch: LogBatch): Promise<number[]>;
  listRequests(page: RequestPage): Promise<RequestLogItem[]>;
  /** How many match; it stops at `most`. */
  countRequests(terms: readonly QueryTerm[], most: number): Promise<number>;
  clearRequests(): Promise<void>;
  /** Totals of rows with `from` ≤ createdAt < `to` (Unix s). They survive clearRequests. */
  summary(from: number, to: number): Promise<TodaySummary>;
  /** Sums of requests that began within these steps, oldest first. They survive clearRequests. */
  statistics(by: StatisticsBy, steps: readonly TimeStep[]): Promise<StatisticsBucket[]>;
  /** Keeps what was heard, the newest `retain` of each account (0 = all), and adds it to the hours. NORMAL durability. */
  appendUsage(samples: readonly UsageSample[], retain: number): Promise<void>;
  /** Everything heard since (Unix ms), oldest first. */
  recentUsage(since: number): Promise<UsageSample[]>;
  /** By the hour, `from` ≤ hour < `to` (Unix s), of one account or of all; oldest first, at most 100,000. */
  usageHours(options: { readonly accountId: AccountId | null; readonly from: number; readonly to: number }): Promise<UsageHour[]>;
  /** Forgets what was heard of these accounts. */
  forgetUsage(ids: readonly AccountId[]): Promise<void>;
  /** Removes a bounded number of what is too old or too many; true when there may be more. */
  prune(kind: PrunedKind, limits: RetentionLimits): Promise<boolean>;
  /** Checkpoints and closes both files. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** At most `limit` requests, newest first: the newest before `beforeId`, or else the oldest after `afterId`. */
export interface RequestPage { readonly terms: readonly QueryTerm[]; readonly limit: number; readonly beforeId: number | null; readonly afterId: number | null }
/** What is known of keys' usage when the store opens: what requests of an earlier process had reserved counts as used by then. */
export interface KeyUsageState {
  readonly days: readonly (Amount & { readonly keyId: KeyId; readonly day: string })[];
  /** Requests that began within the last minute, Unix ms. */
  readonly begun: readonly { readonly keyId: KeyId; readonly at: number }[];
  /** The highest id of a reservation. */
  readonly lastId: number;
}

/** The end of a reservation, and what was used. */
export interface KeySettlement extends Amount { readonly id: number }

export interface KeyUsageBatch {
  readonly reserved: readonly (Reservation & { readonly keyId: KeyId })[];
  readonly settled: readonly KeySettlement[];
  /** Requests that are over and began until then (Unix ms) are forgotten. */
  readonly forget: number;
}

export interface LogBatch {
  readonly rows: readonly LogTuple[];
  /** Whole lines in UTF-8, each with its line break. */
  readonly trace: Uint8Array;
  readonly bindings: readonly Binding[];
}

/** What the store says unasked. `foreignAccess`: another program removed our write-ahead log; it was rebuilt and nothing was lost. */
export type StoreNotice = { readonly kind: 'foreignAccess' | 'logFailed'; readonly message: string };
