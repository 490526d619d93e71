import type { Account, AccountId, UsageWindow } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountRecord, AccountState, StoredAccount } from '../core/records.ts';
import type { RefreshReason, RefreshTokens } from '../core/refreshTokens.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../core/logger.ts';
import { accountView } from '../core/accountStatus.ts';
import { applyEffect, applyOutrun, applySuccess, type Effect } from '../core/failure.ts';
import { ChangeSignal } from './changeSignal.ts';

/** What became of a token that upstream refused. */
export type Renewal = { readonly kind: 'renewed' } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

type Editable = Partial<Pick<AccountRecord, 'label' | 'sort' | 'enabled'>>;

export interface AccountPoolDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly refresh: RefreshTokens;
  /** How long a learnt state that only informs (windows, ladders back at zero) may wait for the disk, ms. */
  readonly settleMs?: number;
}

/** Every account in memory, replaced whole with each change. What a person set is on disk before it shows; what was learnt shows at once. */
export class AccountPool implements Disposable {
  readonly #deps: AccountPoolDeps;
  readonly #byId = new Map<AccountId, StoredAccount>();
  readonly #renewals = new Map<AccountId, Promise<Renewal>>();
  readonly #unsaved = new Set<AccountId>();
  readonly #changes = new ChangeSignal(100);
  #sorted: StoredAccount[] | null = null;
  /** Where each account stands in #sorted, so that a change of one does not copy the list. */
  readonly #places = new Map<AccountId, number>();
  #settling: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(deps: AccountPoolDeps, opened: readonly StoredAccount[]) {
    this.#deps = deps;
    for (const stored of opened) this.#byId.set(stored.account.id, stored);
  }

  /** By sort, then by age: the order requests try them in. */
  list(): readonly StoredAccount[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  view(): Account[] {
    const now = this.#deps.clock.now();
    return this.list().map((stored) => accountView(stored, now));
  }

  find(id: AccountId): StoredAccount | undefined {
    return this.#byId.get(id);
  }

  findByIdentity(subject: string, chatgptAccountId: string | null): StoredAccount | undefined {
    return this.list().find(({ account }) => account.subject === subject && account.chatgptAccountId === chatgptAccountId);
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Durable, then visible. */
  async save(accounts: readonly StoredAccount[]): Promise<void> {
    await this.#deps.store.saveAccounts(accounts);
    for (const stored of accounts) this.#put(stored);
  }

  /** False when there is no such account. */
  async update(id: AccountId, patch: Editable): Promise<boolean> {
    const before = this.#byId.get(id);
    if (!before) return false;
    const account = { ...before.account, ...patch, updatedAt: Math.floor(this.#deps.clock.now() / 1000) };
    const known = await this.#deps.store.updateAccount(account);
    const current = this.#byId.get(id);
    if (!known || !current) return false;
    this.#put({ ...current, account });
    if (patch.enabled === true) this.#setState(id, { ...current.state, blocked: null });
    return true;
  }

  async delete(id: AccountId): Promise<boolean> {
    const known = await this.#deps.store.deleteAccount(id);
    if (this.#byId.delete(id)) {
      this.#sorted = null;
      this.#changes.fire();
    }
    return known;
  }

  /** Takes what a failure taught. Visible at once, saved at once. */
  learn(id: AccountId, effect: Effect): void {
    const stored = this.#byId.get(id);
    if (stored && effect.kind !== 'none' && effect.kind !== 'unhealthy') this.#setState(id, applyEffect(stored.state, effect));
  }

  /** This account failed in a request that another one then answered. */
  outrun(id: AccountId, reason: string): void {
    const stored = this.#byId.get(id);
    if (stored) this.#setState(id, applyOutrun(stored.state, reason, this.#deps.clock.now()));
  }

  /** A request was answered; `windows` are those its headers told, empty when none. `spentUntil` (Unix ms) when one of them is now spent. */
  succeeded(id: AccountId, windows: readonly UsageWindow[], spentUntil: number | null): void {
    const stored = this.#byId.get(id);
    if (!stored) return;
    let state = applySuccess(stored.state);
    if (windows.length > 0) state = { ...state, windows };
    if (spentUntil !== null) state = applyEffect(state, { kind: 'exhausted', until: spentUntil });
    if (state === stored.state) return;
    this.#put({ ...stored, state });
    this.#unsaved.add(id);
    if (spentUntil !== null) this.#saveStates();
    else this.#settling ??= setTimeout(() => this.#saveStates(), this.#deps.settleMs ?? 2_000).unref();
  }

  /**
   * Renews the access token that upstream just refused. One refresh per account at a time, for everybody; a token that was renewed meanwhile is
   * not renewed again. The new tokens are on disk before anyone can use them.
   */
  renew(id: AccountId, refusedToken: string, reason: RefreshReason): Promise<Renewal> {
    const running = this.#renewals.get(id);
    if (running) return running;
    const stored = this.#byId.get(id);
    if (!stored) return Promise.resolve({ kind: 'failed', reason: 'account_deleted' });
    if (stored.tokens.accessToken !== refusedToken) return Promise.resolve({ kind: 'renewed' });
    const renewal = this.#renew(stored, reason).finally(() => this.#renewals.delete(id));
    this.#renewals.set(id, renewal);
    return renewal;
  }

  async #renew({ account, tokens }: StoredAccount, reason: RefreshReason): Promise<Renewal> {
    if (tokens.refreshToken === null) return { kind: 'refused', reason: 'no_refresh_token' };
    const outcome = await this.#deps.refresh(tokens, reason);
    if (outcome.kind !== 'renewed') {
      this.#deps.log('warn', `Refreshing the login of ${account.label} ${outcome.kind === 'refused' ? 'was refused' : 'failed'}: ${outcome.reason}.`);
      return { kind: outcome.kind, reason: outcome.reason };
    }
    await this.#deps.store.saveTokens(account.id, outcome.tokens);
    const current = this.#byId.get(account.id);
    if (current) this.#put({ ...current, tokens: outcome.tokens });
    return { kind: 'renewed' };
  }

  /** Waits until everything learnt is on disk. */
  async dispose(): Promise<void> {
    this.#saveStates();
    this.#changes.dispose();
    await Promise.allSettled(this.#renewals.values());
    await this.#saving;
  }

  #setState(id: AccountId, state: AccountState): void {
    const stored = this.#byId.get(id);
    if (!stored) return;
    this.#put({ ...stored, state });
    this.#unsaved.add(id);
    this.#saveStates();
  }

  #saveStates(): void {
    if (this.#settling) clearTimeout(this.#settling);
    this.#settling = null;
    if (this.#unsaved.size > 0) this.#saving = this.#saving.then(() => this.#writeStates());
  }

  async #writeStates(): Promise<void> {
    const ids = [...this.#unsaved];
    this.#unsaved.clear();
    for (const id of ids) {
      const stored = this.#byId.get(id);
      if (!stored) continue;
      try {
        await this.#deps.store.saveState(id, stored.state);
      } catch (thrown) {
        this.#deps.log('error', `The state of ${stored.account.label} could not be saved: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`);
      }
    }
  }

  #put(stored: StoredAccount): void {
    const { id } = stored.account;
    const place = this.#places.get(id);
    const sameOrder = this.#byId.get(id)?.account === stored.account;
    this.#byId.set(id, stored);
    if (sameOrder && this.#sorted && place !== undefined) this.#sorted[place] = stored;
    else this.#sorted = null;
    this.#changes.fire();
  }

  #sort(): StoredAccount[] {
    const sorted = [...this.#byId.values()].sort((a, b) => a.account.sort - b.account.sort || a.account.createdAt - b.account.createdAt || (a.account.id < b.account.id ? -1 : 1));
    sorted.forEach(({ account }, place) => this.#places.set(account.id, place));
    return sorted;
  }
}
