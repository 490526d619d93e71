import type { Account } from '../contract/account.ts';
import type { GatewayState } from '../contract/gatewayState.ts';
import type { PlatformKey } from '../contract/platformKey.ts';
import type { RequestLogItem } from '../contract/requestLog.ts';
import type { RouteState } from '../contract/route.ts';
import type { SettingsState } from '../contract/settings.ts';
import type { PoolUsage } from '../contract/usage.ts';
import type { EventName, EventPayload, Method, Params, Result } from '../contract/rpc.ts';
import type { Seat } from '../cluster/seat.ts';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';
import { RpcClient } from '../rpc/client.ts';
import type { OnEvent } from '../rpc/readEvents.ts';
import { AccountTable } from './accountTable.ts';

/** What this window last heard. Null: not heard yet. */
export interface Snapshot {
  readonly seat: Seat;
  readonly accounts: readonly Account[] | null;
  readonly keys: readonly PlatformKey[] | null;
  readonly gateway: GatewayState | null;
  readonly usage: PoolUsage | null;
  readonly route: RouteState | null;
  readonly settings: SettingsState | null;
  /** Newest first. */
  readonly recent: readonly RequestLogItem[];
}

const recentRows = 5;
const reconnectMs = 200;
/** The pool is shown anew at most so often: whatever is drawn from it costs as much as it is large. Half a second for ten thousand accounts. */
const quietMsPerAccount = 0.05;

/** The one copy of the leader's state in this window. Views read it; nothing but the leader's events changes it. */
export class Mirror implements Disposable {
  #snapshot: Snapshot = { seat: { role: 'electing' }, accounts: null, keys: null, gateway: null, usage: null, route: null, settings: null, recent: [] };
  readonly #changes = new Set<(snapshot: Snapshot) => void>();
  readonly #events = new Set<OnEvent>();
  #rpc: RpcClient | null = null;
  #subscription: Disposable | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #accounts = new AccountTable();
  #quiet: NodeJS.Timeout | null = null;
  #isStale = false;

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  onChange(listener: (snapshot: Snapshot) => void): Disposable {
    this.#changes.add(listener);
    return { dispose: () => void this.#changes.delete(listener) };
  }

  onEvent(listener: OnEvent): Disposable {
    this.#events.add(listener);
    return { dispose: () => void this.#events.delete(listener) };
  }

  /** Follows whoever leads. Without a leader the last state stays on show. */
  setSeat(seat: Seat): void {
    this.#disconnect();
    this.#replace({ seat });
    if (seat.role === 'leader' || seat.role === 'client') this.#connect(seat);
  }

  /** Asks the leader. Rejects with AppError; `unavailable` words when nobody leads yet. */
  call<M extends Method>(method: M, params?: Params<M>): Promise<Result<M>> {
    const { seat } = this.#snapshot;
    if (seat.role === 'failed') return Promise.reject(seat.error);
    if (!this.#rpc) return Promise.reject(new AppError('internal', 'CodexManager\'s engine is starting. Try again in a moment.'));
    return this.#rpc.call(method, params);
  }

  dispose(): void {
    this.#disconnect();
    if (this.#quiet) clearTimeout(this.#quiet);
    this.#changes.clear();
    this.#events.clear();
  }

  #connect(seat: Extract<Seat, { leader: unknown }>): void {
    const rpc = new RpcClient(seat.leader);
    this.#rpc = rpc;
    this.#subscription = rpc.subscribe((event, payload) => this.#hear(event, payload), () => {
      // Either the seat changes in a moment, or the leader still lives and is heard again.
      this.#timer = setTimeout(() => {
        if (this.#snapshot.seat === seat) this.#connect(seat);
      }, reconnectMs);
    }, { inParts: true });
    rpc.call('requestlog/list', { limit: recentRows }).then(({ items }) => {
      if (this.#rpc === rpc) this.#replace({ recent: items });
    }, () => undefined); // its end is heard by the subscription
  }

  #disconnect(): void {
    if (this.#timer) clearTimeout(this.#timer);
    void this.#subscription?.dispose();
    this.#subscription = null;
    this.#rpc = null;
  }

  #hear<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (event === 'account/part') {
      if (this.#accounts.take(payload as EventPayload<'account/part'>)) this.#accountsChanged();
    } else if (event === 'account/changed') {
      this.#accounts.replace(payload as EventPayload<'account/changed'>);
      this.#accountsChanged();
    } else this.#replace(changeOf(this.#snapshot, event, payload));
    for (const listener of this.#events) listener(event, payload);
  }

  /** Shows them now, or when the last time is long enough ago. */
  #accountsChanged(): void {
    this.#isStale = true;
    if (this.#quiet) return;
    this.#isStale = false;
    this.#replace({ accounts: this.#accounts.list() });
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      if (this.#isStale) this.#accountsChanged();
    }, this.#accounts.size * quietMsPerAccount).unref();
  }

  #replace(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#changes) listener(this.#snapshot);
  }
}

function changeOf<E extends EventName>({ recent }: Snapshot, event: E, payload: EventPayload<E>): Partial<Snapshot> {
  switch (event) {
    case 'apikey/changed': return { keys: payload as EventPayload<'apikey/changed'> };
    case 'gateway/changed': return { gateway: payload as EventPayload<'gateway/changed'> };
    case 'route/changed': return { route: payload as EventPayload<'route/changed'> };
    case 'settings/changed': return { settings: payload as EventPayload<'settings/changed'> };
    case 'usage/changed': return { usage: payload as EventPayload<'usage/changed'> };
    default: return { recent: [...(payload as EventPayload<'requestlog/added'>).toReversed(), ...recent].slice(0, recentRows) };
  }
}
