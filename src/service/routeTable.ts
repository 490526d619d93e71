import type { AccountId } from '../contract/account.ts';
import type { RouteState, RouteStrategy } from '../contract/route.ts';
import type { Clock } from '../core/clock.ts';
import type { RouteConfig } from '../core/engineConfig.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import { chooseAccount, type Choice } from '../core/routing/chooseAccount.ts';
import { Health } from '../core/routing/health.ts';
import type { Roster } from '../core/routing/roster.ts';
import { skipOf } from '../core/selectAccount.ts';
import type { RouteRequest, Routes } from '../gateway/ports.ts';
import type { BindingTable } from './bindingTable.ts';
import { ChangeSignal } from './changeSignal.ts';
import { TurnCounters } from './turnCounters.ts';

/** What a person decided about routing; `pinned` in Unix seconds. */
export interface RouteWish { readonly strategy: RouteStrategy | null; readonly pinned: RouteState['pinned'] }

export interface RouteTableDeps {
  readonly clock: Clock;
  readonly config: RouteConfig;
  readonly bindings: BindingTable;
  readonly find: (id: AccountId) => StoredAccount | undefined;
  /** Durable; rejects with an AppError. */
  readonly keep: (wish: RouteWish) => Promise<void>;
}

/** Who is asked: the strategy, the account a person pinned, which conversation is where, who runs how much and who failed lately. A change counts for the next request. */
export class RouteTable implements Routes, Disposable {
  readonly #deps: RouteTableDeps;
  readonly #changes = new ChangeSignal(0);
  readonly #health = new Health();
  readonly #running = new Map<AccountId, number>();
  readonly #counters: TurnCounters;
  #wish: RouteWish;

  constructor(deps: RouteTableDeps, wish: RouteWish) {
    this.#deps = deps;
    this.#wish = wish;
    this.#counters = new TurnCounters(deps.config.stateTtlMs, deps.config.stateCapacity);
  }

  get strategy(): RouteStrategy {
    return this.#deps.config.strategy ?? this.#wish.strategy ?? 'ordered';
  }

  state(): RouteState {
    return { strategy: this.strategy, locked: this.#deps.config.strategy !== null, pinned: this.#wish.pinned };
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Durable, then in force; counters begin anew. */
  async setStrategy(strategy: RouteStrategy): Promise<void> {
    await this.#change({ ...this.#wish, strategy });
    this.#counters.clear();
  }

  /** Null ends it. */
  pin(pinned: RouteState['pinned']): Promise<void> {
    return this.#change({ ...this.#wish, pinned });
  }

  choose(roster: Roster, request: RouteRequest): StoredAccount | null {
    return this.pinnedFor(request) ?? this.conversationFor(request) ?? chooseAccount(roster, this.choiceFor(request, this.#counters.next(`${request.keyId} ${request.model ?? ''}`, request.now)));
  }

  /** Who a new conversation would be given to, and why; changes nothing. */
  first(roster: Roster): { readonly stored: StoredAccount; readonly reason: string } | null {
    const request: RouteRequest = { keyId: '', model: null, conversation: null, now: this.#deps.clock.now(), tried: new Set() };
    const pinned = this.pinnedFor(request);
    if (pinned) return { stored: pinned, reason: 'pinned' };
    const stored = chooseAccount(roster, { ...this.choiceFor(request, 0), random: () => 0 });
    return stored && { stored, reason: this.strategy };
  }

  /** The pinned account while it can take the request. */
  pinnedFor({ now, model, tried }: RouteRequest): StoredAccount | null {
    const { pinned } = this.#wish;
    if (pinned === null || tried.has(pinned.accountId) || (pinned.until !== null && pinned.until * 1000 <= now)) return null;
    const stored = this.#deps.find(pinned.accountId);
    return stored && skipOf(stored, model, now) === null ? stored : null;
  }

  /** Where the conversation was, as long as that account can take the request and runs no more than it may. */
  conversationFor({ conversation, now, model, tried }: RouteRequest): StoredAccount | null {
    const { bindings, config, find } = this.#deps;
    const id = conversation === null ? undefined : bindings.owner('conversation', conversation, config.stateTtlMs);
    if (id === undefined || tried.has(id) || this.#isFull(id)) return null;
    const stored = find(id);
    return stored && skipOf(stored, model, now) === null ? stored : null;
  }

  choiceFor({ model, now, tried }: RouteRequest, turn: number): Choice {
    const { strategy } = this;
    const { healthWindows, mostRunning } = this.#deps.config;
    return {
      strategy, model, now, tried, turn, mostRunning, healthWindow: strategy === 'ordered' ? healthWindows.ordered : healthWindows.balanced,
      health: (id) => this.health(id), running: (id) => this.running(id), random: Math.random,
    };
  }

  running(id: AccountId): number {
    return this.#running.get(id) ?? 0;
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
    if (conversation !== null) this.#deps.bindings.bind('conversation', conversation, id);
  }

  /** The pinned account holds until it fails. */
  failed(id: AccountId): void {
    if (this.#wish.pinned?.accountId !== id) return;
    this.#wish = { ...this.#wish, pinned: null };
    this.#changes.fire();
    void this.#deps.keep(this.#wish).catch(() => undefined); // it is asked first again after a restart, and fails again
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #change(wish: RouteWish): Promise<void> {
    await this.#deps.keep(wish);
    this.#wish = wish;
    this.#changes.fire();
  }

  #isFull(id: AccountId): boolean {
    const { mostRunning } = this.#deps.config;
    return mostRunning > 0 && this.running(id) >= mostRunning;
  }
}
