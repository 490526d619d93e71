import type { Account } from '../contract/account.ts';
import type { GatewayState } from '../contract/gatewayState.ts';
import type { PlatformKey } from '../contract/platformKey.ts';
import type { RequestLogItem } from '../contract/requestLog.ts';
import type { EventName, EventPayload, Method, Params, Result } from '../contract/rpc.ts';
import type { Seat } from '../cluster/seat.ts';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';
import { RpcClient } from '../rpc/client.ts';

/** What this window last heard. Null: not heard yet. */
export interface Snapshot {
  readonly seat: Seat;
  readonly accounts: readonly Account[] | null;
  readonly keys: readonly PlatformKey[] | null;
  readonly gateway: GatewayState | null;
  /** Newest first. */
  readonly recent: readonly RequestLogItem[];
}

export type OnEvent = <E extends EventName>(event: E, payload: EventPayload<E>) => void;

const recentRows = 5;
const reconnectMs = 200;

/** The one copy of the leader's state in this window. Views read it; nothing but the leader's events changes it. */
export class Mirror implements Disposable {
  #snapshot: Snapshot = { seat: { role: 'electing' }, accounts: null, keys: null, gateway: null, recent: [] };
  readonly #changes = new Set<(snapshot: Snapshot) => void>();
  readonly #events = new Set<OnEvent>();
  #rpc: RpcClient | null = null;
  #subscription: Disposable | null = null;
  #timer: NodeJS.Timeout | null = null;

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
    });
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
    this.#replace(changeOf(this.#snapshot, event, payload));
    for (const listener of this.#events) listener(event, payload);
  }

  #replace(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#changes) listener(this.#snapshot);
  }
}

function changeOf<E extends EventName>({ recent }: Snapshot, event: E, payload: EventPayload<E>): Partial<Snapshot> {
  switch (event) {
    case 'account/changed': return { accounts: payload as EventPayload<'account/changed'> };
    case 'apikey/changed': return { keys: payload as EventPayload<'apikey/changed'> };
    case 'gateway/changed': return { gateway: payload as EventPayload<'gateway/changed'> };
    default: return { recent: [...(payload as EventPayload<'requestlog/added'>).toReversed(), ...recent].slice(0, recentRows) };
  }
}
