import type { AccountId } from '../contract/account.ts';
import type { RouteRecord, RouteState, RouteStrategy } from '../contract/route.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import { chooseAccount, type Choice } from '../core/routing/chooseAccount.ts';
import { Health } from '../core/routing/health.ts';
import { recordRoute } from '../core/routing/recordRoute.ts';
import type { Roster } from '../core/routing/roster.ts';
import { anyRequest, skipOf } from '../core/selectAccount.ts';
import type { Chosen, RouteRequest, Routes } from '../gateway/ports.ts';
import type { BindingTable } from './bindingTable.ts';
import { ChangeSignal } from './changeSignal.ts';
import type { LiveSettings } from './liveSettings.ts';
import { TurnCounters } from './turnCounters.ts';

/** Which account a person wants asked first; `until` in Unix seconds. */
export type Pinned = RouteState['pinned'];

export interface RouteTableDeps {
  readonly clock: Clock;
  readonly settings: Pick<LiveSettings, 'current' | 'isLocked' | 'change' | 'onChange'>;
  readonly bindings: BindingTable;
  readonly find: (id: AccountId) => StoredAccount | undefined;
  /** Durable; rejects with an AppError. */
  readonly keep: (pinned: Pinned) => Promise<void>;
}

/** Who is asked: the strategy, the account a person pinned, which conversation is where, who runs how much and who failed lately. A change counts for the next request. */
export class RouteTable implements Routes, Disposable {
  readonly #deps: RouteTableDeps;
  readonly #changes = new ChangeSignal(0);
  readonly #health = new Health();
  readonly #running = new Map<AccountId, number>();
  readonly #counters = new TurnCounters();
  readonly #watching: Disposable;
  #pinned: Pinned;

  constructor(deps: RouteTableDeps, pinned: Pinned) {
    this.#deps = deps;
    this.#pinned = pinned;
    this.#watching = deps.settings.onChange(() => this.#changes.fire());
  }

  get strategy(): RouteStrategy {
    return this.#deps.settings.current.routeStrategy;
  }

  state(): RouteState {
    return { strategy: this.strategy, locked: this.#deps.settings.isLocked('routeStrategy'), pinned: this.#pinned };
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Durable, then in force; counters begin anew. */
  async setStrategy(strategy: RouteStrategy): Promise<void> {
    await this.#deps.settings.change({ routeStrategy: strategy });
    this.#counters.clear();
  }

  /** Null ends it. Durable, then in force. */
  async pin(pinned: Pinned): Promise<void> {
    await this.#deps.keep(pinned);
    this.#pinned = pinned;
    this.#changes.fire();
  }

  choose(roster: Roster, request: RouteRequest): Chosen | null {
    const pinned = this.pinnedFor(request);
    if (pinned) return { stored: pinned, why: 'pinned' };
    const holder = this.conversationFor(request);
    if (holder) return { stored: holder, why: 'conversation' };
    const stored = chooseAccount(roster, this.choiceFor(request, this.#turn(request)));
    return stored && { stored, why: 'strategy' };
  }

  record(roster: Roster, request: RouteRequest, chosen: Chosen | null, preferred: AccountId | undefined): RouteRecord {
    const holder = preferred ?? this.#holderOf(request);
    return recordRoute(roster, this.choiceFor(request, 0), {
      chosen: chosen?.stored ?? null, why: chosen?.why ?? 'nobody', left: holder === undefined || holder === chosen?.stored.account.id ? null : { accountId: holder, reason: this.#whyNot(holder, request) },
    });
  }

  /** Who a new conversation would be given to, and why; changes nothing. */
  first(roster: Roster): { readonly stored: StoredAccount; readonly reason: string } | null {
    const request: RouteRequest = { ...anyRequest, keyId: '', conversation: null, now: this.#deps.clock.now(), tried: new Set() };
    const pinned = this.pinnedFor(request);
    if (pinned) return { stored: pinned, reason: 'pinned' };
    const stored = chooseAccount(roster, { ...this.choiceFor(request, 0), random: () => 0 });
    return stored && { stored, reason: this.strategy };
  }

  /** The pinned account while it can take the request. */
  pinnedFor(request: RouteRequest): StoredAccount | null {
    const pinned = this.#pinned;
    if (pinned === null || request.tried.has(pinned.accountId) || (pinned.until !== null && pinned.until * 1000 <= request.now)) return null;
    const stored = this.#deps.find(pinned.accountId);
    return stored && skipOf(stored, request, request.now) === null ? stored : null;
  }

  /** Where the conversation was, as long as that account can take the request and runs no more than it may. */
  conversationFor(request: RouteRequest): StoredAccount | null {
    const id = this.#holderOf(request);
    if (id === undefined || request.tried.has(id) || this.#isFull(id)) return null;
    const stored = this.#deps.find(id);
    return stored && skipOf(stored, request, request.now) === null ? stored : null;
  }

  choiceFor({ model, groups, plans, now, tried }: RouteRequest, turn: number): Choice {
    const { routeStrategy: strategy, accountMaxInflight, routeHealthP2c, routeHealthOrderedWindow, routeHealthBalancedWindow } = this.#deps.settings.current;
    const healthWindow = strategy === 'ordered' ? routeHealthOrderedWindow : routeHealthBalancedWindow;
    return {
      strategy, model, groups, plans, now, tried, turn, mostRunning: accountMaxInflight, healthWindow: routeHealthP2c ? healthWindow : 1,
      health: (id) => this.health(id), running: (id) => this.running(id), random: Math.random,
    };
  }

  running(id: AccountId): number {
    return this.#running.get(id) ?? 0;
  }

  /** Requests that run on any account. */
  get totalRunning(): number {
    let total = 0;
    for (const running of this.#running.values()) total += running;
    return total;
  }

  health(id: AccountId): number {
    return this.#health.of(id, this.#deps.clock.now());
  }

  begin(id: AccountId): () => void {
    this.#running.set(id, this.running(id) + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const left = this.running(id) - 1;
      if (left > 0) this.#running.set(id, left);
      else this.#running.delete(id);
    };
  }

  outcome(id: AccountId, status: number | null): void {
    this.#health.record(id, status, this.#deps.clock.now());
  }

  served(id: AccountId, conversation: string | null): void {
    if (conversation !== null) this.#deps.bindings.bind('conversation', conversation, id, { most: this.#deps.settings.current.routeStateCapacity });
  }

  /** The pinned account holds until it fails. */
  failed(id: AccountId): void {
    if (this.#pinned?.accountId !== id) return;
    this.#pinned = null;
    this.#changes.fire();
    void this.#deps.keep(null).catch(() => undefined); // it is asked first again after a restart, and fails again
  }

  dispose(): void {
    void this.#watching.dispose();
    this.#changes.dispose();
  }

  #turn({ keyId, model, now }: RouteRequest): number {
    const { routeStateTtlSeconds, routeStateCapacity } = this.#deps.settings.current;
    return this.#counters.next(`${keyId} ${model ?? ''}`, { now, ttlMs: routeStateTtlSeconds * 1000, capacity: routeStateCapacity });
  }

  #holderOf({ conversation }: RouteRequest): AccountId | undefined {
    const { bindings, settings } = this.#deps;
    return conversation === null ? undefined : bindings.owner('conversation', conversation, settings.current.routeStateTtlSeconds * 1000);
  }

  /** Why an account that would have been asked was not. */
  #whyNot(id: AccountId, request: RouteRequest): string {
    const stored = this.#deps.find(id);
    if (!stored) return 'deleted';
    return skipOf(stored, request, request.now)?.reason ?? (this.#isFull(id) ? 'busy' : request.tried.has(id) ? 'failed' : 'pinned');
  }

  #isFull(id: AccountId): boolean {
    const { accountMaxInflight } = this.#deps.settings.current;
    return accountMaxInflight > 0 && this.running(id) >= accountMaxInflight;
  }
}
