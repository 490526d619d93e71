import type { AccountId } from '../contract/account.ts';
import type { Attempt as LoggedAttempt } from '../contract/requestLog.ts';
import type { RouteRecord } from '../contract/route.ts';
import type { KeyRecord } from '../core/records.ts';
import type { Asking } from '../core/selectAccount.ts';
import { clientFamily } from '../core/clientFamily.ts';
import type { TokenUsage } from '../core/tokenUsage.ts';
import type { BoundRequest } from './boundRequest.ts';

/** What one request asks for and what is learnt on its way. The fixed part never changes after it was read. */
export interface Turn {
  readonly traceId: string;
  /** The path on the gateway. */
  readonly path: string;
  readonly key: KeyRecord;
  readonly model: string | null;
  /** Who may take it. */
  readonly asking: Asking;
  readonly request: BoundRequest;
  /** The conversation's name (SHA-256, hex); null when the client names none. */
  readonly conversation: string | null;
  /** A header names the conversation, not the prompt cache key. */
  readonly namedByHeader: boolean;
  /** Headers for upstream that are the same for every account. */
  readonly headers: readonly string[];
  /** Accounts that failed in this request and may not be asked again. */
  readonly tried: Set<AccountId>;
  /** Failures that count against an account once another one has answered. */
  readonly outrun: { readonly accountId: AccountId; readonly reason: string }[];
  /** Attempts that failed without showing that their account is out. */
  failures: number;
  /** Unix ms until which the request may wait for an account. */
  readonly waitUntil: number;
  readonly gone: ClientGone;
  readonly entry: TurnEntry;
}

/** What the request log will say; filled as facts arrive, so that a stream cut short still counts. */
export interface TurnEntry {
  /** Unix ms. */
  readonly startedAt: number;
  keyId: string | null;
  model: string | null;
  effort: string | null;
  accountId: AccountId | null;
  upstreamUrl: string | null;
  /** Place of the account that was chosen last in the pool, `i/n`; for the trace. */
  candidate: string | null;
  usage: TokenUsage | null;
  firstByteAt: number | null;
  error: string | null;
  readonly attempts: LoggedAttempt[];
  /** Why the first account was chosen; null before. */
  route: RouteRecord | null;
  /** Of the key; null before it is known. */
  protocol: string | null;
  /** Family of the client's user agent. */
  readonly client: string | null;
  modelServed: string | null;
  requestBytes: number | null;
  conversation: string | null;
}

/** Of a request that begins now (Unix ms). */
export function newEntry(startedAt: number, userAgent: string | undefined): TurnEntry {
  return {
    protocol: null, client: clientFamily(userAgent), modelServed: null, requestBytes: null, conversation: null,
    startedAt, keyId: null, model: null, effort: null, accountId: null, upstreamUrl: null, candidate: null, usage: null, firstByteAt: null, error: null, attempts: [], route: null,
  };
}

/** The client's departure: one flag and one thing to end, instead of an AbortController per request. */
export class ClientGone {
  #gone = false;
  #onGone: (() => void) | null = null;

  get gone(): boolean {
    return this.#gone;
  }

  /** The one thing to end when the client leaves; replaces the one before. Called at once when it already left. */
  watch(end: (() => void) | null): void {
    this.#onGone = end;
    if (this.#gone) end?.();
  }

  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#onGone?.();
  }
}
