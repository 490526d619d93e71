import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountId } from '../contract/account.ts';
import type { KeyId, KeyLimits } from '../contract/platformKey.ts';
import type { RouteRecord, RouteStrategy, RouteWhy } from '../contract/route.ts';
import type { Settings } from '../contract/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Effect } from '../core/failure.ts';
import type { Log } from '../core/logger.ts';
import type { Amount } from '../core/keyLimits.ts';
import type { Reached } from '../core/keyLedger.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { Binding, KeyRecord, RequestLogRow, StoredAccount } from '../core/records.ts';
import type { CostOf } from '../core/pricing.ts';
import type { Roster } from '../core/routing/roster.ts';
import type { Selection } from '../core/selectAccount.ts';
import type { OpenTurn } from '../core/upstreamPort.ts';
import type { UsageReading } from '../core/usageWindows.ts';

/** The accounts as the gateway uses them. */
export interface Pool {
  list(): readonly StoredAccount[];
  roster(): Roster;
  find(id: AccountId): StoredAccount | undefined;
  learn(id: AccountId, effect: Effect): void;
  outrun(id: AccountId, reason: string): void;
  /** The account answered a request to its end. */
  succeeded(id: AccountId): void;
  /** What an answer or an event in it told about the account's usage, the moment it arrives. */
  heard(id: AccountId, reading: UsageReading): void;
}

/** Renews a login whose access token upstream refused. What a failure means for the account is learnt by then. */
export type Renew = (id: AccountId, refusedToken: string) => Promise<{ readonly kind: 'renewed' | 'refused' | 'failed' }>;

/** Who gave out what only it can read: SHA-256 (hex) → account. */
export interface Bindings {
  owner(kind: Binding['kind'], hash: string): AccountId | undefined;
  /** `lasting` false: forgotten with the process. */
  bind(kind: Binding['kind'], hash: string, accountId: AccountId, options?: { readonly lasting?: boolean }): void;
}

/** What choosing an account depends on. `conversation`: its name (SHA-256, hex), null when the client names none. */
export interface RouteRequest extends Selection {
  readonly keyId: string;
  readonly conversation: string | null;
}

/** An account, and why it. */
export interface Chosen { readonly stored: StoredAccount; readonly why: RouteWhy }

/** Who is asked, and what becomes of it. */
export interface Routes {
  readonly strategy: RouteStrategy;
  choose(roster: Roster, request: RouteRequest): Chosen | null;
  /** Why this one (null: nobody), for the log. `preferred`: whose the request's items are. */
  record(roster: Roster, request: RouteRequest, chosen: Chosen | null, preferred: AccountId | undefined): RouteRecord;
  /** A request runs on an account until the function is called. */
  begin(id: AccountId): () => void;
  /** An attempt ended with this HTTP status; null: it broke off. */
  outcome(id: AccountId, status: number | null): void;
  /** An account answered a request of this conversation. */
  served(id: AccountId, conversation: string | null): void;
  /** An account failed a request that then went on elsewhere. */
  failed(id: AccountId): void;
}

/** What requests add up to. */
export interface Meter {
  /** Everything that came, the probes aside. */
  requests: number;
  /** Turns that run now. */
  active: number;
  /** A turn is over. `protocol` of its key, null when there was none. */
  ended(row: RequestLogRow, protocol: string | null): void;
  /** Something else was answered. */
  answered(path: string, status: number): void;
}

/** Either the limit in the way, or what is called once at the request's end, with what it used (null: nothing); it resolves when that is durable. */
export type Admission = { readonly reached: Reached } | { readonly reached: null; readonly leave: (used: Amount | null) => Promise<void> };

/** Counts what keys with limits do. */
export interface Budgets {
  /** Resolves when what the request may use is reserved, durably. */
  admit(key: { readonly id: KeyId; readonly limits: KeyLimits }, estimate: Amount): Promise<Admission>;
}

export interface GatewayDeps {
  readonly config: EngineConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly pool: Pool;
  readonly renew: Renew;
  readonly keys: { find(hash: string): KeyRecord | undefined; used(key: KeyRecord, now: number): void };
  readonly budgets: Budgets;
  readonly bindings: Bindings;
  readonly routes: Routes;
  /** What a person decided, as it is now. */
  readonly settings: { readonly current: Settings };
  readonly recorder: { record(row: RequestLogRow): void; trace(line: string): void };
  readonly meter: Meter;
  /** What models cost now; `version` of the list of prices. */
  readonly prices: { readonly costOf: CostOf; readonly version: number };
  readonly network: Network;
  readonly openTurn: OpenTurn;
  /** A person paused the gateway: new requests are refused. */
  readonly isPaused: () => boolean;
  /** Answers control-plane routes on the gateway's port when the host wants them there; true when it took the request. */
  readonly mount: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
}
