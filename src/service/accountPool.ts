import type { Account, AccountId, UsageWindow } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountRecord, AccountState, StoredAccount, TokenRecord } from '../core/records.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../core/logger.ts';
import { accountView } from '../core/accountStatus.ts';
import { applyEffect, applyOutrun, applySuccess, type Effect } from '../core/failure.ts';
import { ChangeSignal } from './changeSignal.ts';

/** What may change of an account without a new login. */
export type AccountPatch = Partial<Omit<AccountRecord, 'id' | 'subject' | 'chatgptAccountId' | 'createdAt' | 'updatedAt'>>;

export interface AccountPoolDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a learnt state that only informs (windows, ladders back at zero) may wait for the disk, ms. */
  readonly settleMs?: number;
}

/** Who an account is: the same person in the same workspace is the same account. */
export type Identity = Pick<AccountRecord, 'subject' | 'chatgptAccountId'>;

export function identityOf({ subject, chatgptAccountId }: Identity): string {
  return JSON.stringify([subject, chatgptAccountId]);
}

/** Every account in memory, replaced whole with each change. What a person set is on disk before it shows; what was learnt shows at once. */
export class AccountPool implements Disposable {
  readonly #deps: AccountPoolDeps;
  readonly #byId = new Map<AccountId, StoredAccount>();
  readonly #byIdentity = new Map<string, AccountId>();
  readonly #unsaved = new Set<AccountId>();
  readonly #changes = new ChangeSignal<AccountId>(100);
  #sorted: StoredAccount[] | null = null;
  /** Where each account stands in #sorted, so that a change of one does not copy the list. */
  readonly #places = new Map<AccountId, number>();
  #settling: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(deps: AccountPoolDeps, opened: readonly StoredAccount[]) {
    this.#deps = deps;
    for (const stored of opened) {
      this.#byId.set(stored.account.id, stored);
      this.#byIdentity.set(identityOf(stored.account), stored.account.id);
    }
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

  /** One account as clients see it; null when it is gone. */
  viewOf(id: AccountId): Account | null {
    const stored = this.#byId.get(id);
    return stored ? accountView(stored, this.#deps.clock.now()) : null;
  }

  find(id: AccountId): StoredAccount | undefined {
    return this.#byId.get(id);
  }

  findByIdentity(identity: Identity): StoredAccount | undefined {
    const id = this.#byIdentity.get(identityOf(identity));
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** `changed` are the accounts that were added, changed or deleted since the last call. */
  onChange(listener: (changed: ReadonlySet<AccountId>) => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Durable, then visible. */
  async save(accounts: readonly StoredAccount[]): Promise<void> {
    await this.#deps.store.saveAccounts(accounts);
    for (const stored of accounts) this.#put(stored);
  }

  /** Durable, all or none, then visible. Resolves to how many of them there were. */
  async update(patches: ReadonlyMap<AccountId, AccountPatch>): Promise<number> {
    const updatedAt = Math.floor(this.#deps.clock.now() / 1000);
    const records = [...patches].flatMap(([id, patch]) => {
      const before = this.#byId.get(id);
      return before ? [{ ...before.account, ...patch, updatedAt }] : [];
    });
    if (records.length === 0) return 0;
    await this.#deps.store.updateAccounts(records);
    for (const account of records) {
      const current = this.#byId.get(account.id);
      if (!current) continue;
      this.#put({ ...current, account });
      if (patches.get(account.id)?.enabled === true) this.#setState(account.id, { ...current.state, blocked: null });
    }
    return records.length;
  }

  /** New credentials: on disk before anyone can use them; whoever has them needs no login. An account that was deleted meanwhile stays deleted. */
  async setTokens(id: AccountId, tokens: TokenRecord): Promise<void> {
    const before = this.#byId.get(id)?.state;
    // First, so that a crash in between leaves a login that is tried once more, and not one that is good and never tried.
    if (before && before.needsLogin !== null) await this.#deps.store.saveState(id, { ...before, needsLogin: null });
    await this.#deps.store.saveTokens(id, tokens);
    this.holdTokens(id, tokens);
  }

  /** New credentials in memory only, when the disk refuses them. */
  holdTokens(id: AccountId, tokens: TokenRecord): void {
    const current = this.#byId.get(id);
    if (!current) return;
    this.#put({ ...current, tokens });
    if (current.state.needsLogin !== null) this.#setState(id, { ...current.state, needsLogin: null });
  }

  /** What was learnt beside requests. Visible at once, saved at once. */
  note(id: AccountId, learnt: Partial<Pick<AccountState, 'apiKeyRefusedUntil' | 'codexTokenHash'>>): void {
    const stored = this.#byId.get(id);
    if (stored) this.#setState(id, { ...stored.state, ...learnt });
  }

  /** Resolves to how many of them there were. */
  async delete(ids: readonly AccountId[]): Promise<number> {
    const known = await this.#deps.store.deleteAccounts(ids);
    for (const id of ids) {
      const stored = this.#byId.get(id);
      if (!stored) continue;
      this.#byId.delete(id);
      this.#byIdentity.delete(identityOf(stored.account));
    }
    this.#sorted = null;
    this.#changes.fire(...ids);
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

  /** Waits until everything learnt is on disk. */
  async dispose(): Promise<void> {
    this.#saveStates();
    this.#changes.dispose();
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
    const before = this.#byId.get(id);
    this.#byId.set(id, stored);
    this.#byIdentity.set(identityOf(stored.account), id);
    this.#place(stored, before);
    this.#changes.fire(id);
  }

  /** Keeps the order without sorting when an account stays where it is, or is new and comes last: an import would sort ten thousand after every batch. */
  #place(stored: StoredAccount, before: StoredAccount | undefined): void {
    const place = this.#places.get(stored.account.id);
    const last = this.#sorted?.at(-1);
    if (this.#sorted && before && place !== undefined && inOrder(before, stored) === 0) this.#sorted[place] = stored;
    else if (this.#sorted && !before && (!last || inOrder(last, stored) < 0)) this.#places.set(stored.account.id, this.#sorted.push(stored) - 1);
    else this.#sorted = null;
  }

  #sort(): StoredAccount[] {
    const sorted = [...this.#byId.values()].sort(inOrder);
    this.#places.clear();
    sorted.forEach(({ account }, place) => this.#places.set(account.id, place));
    return sorted;
  }
}

function inOrder({ account: a }: StoredAccount, { account: b }: StoredAccount): number {
  return a.sort - b.sort || a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
