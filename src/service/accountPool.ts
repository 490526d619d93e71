import type { Account, AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountRecord, AccountState, StoredAccount, TokenRecord } from '../core/records.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../core/logger.ts';
import { accountView } from '../core/accountStatus.ts';
import { defaultLowPercent } from '../core/availability.ts';
import { applyUsage } from '../core/applyUsage.ts';
import { applyEffect, applyOutrun, applySuccess, type Effect } from '../core/failure.ts';
import { LiveRoster, type Roster } from '../core/routing/roster.ts';
import type { UsageReading } from '../core/usageWindows.ts';
import { upToDate, type Arrival } from './arrival.ts';
import { ChangeSignal } from './changeSignal.ts';
import type { UsageHistory } from './usageHistory.ts';

/** What may change of an account without a new login. */
export type AccountPatch = Partial<Omit<AccountRecord, 'id' | 'subject' | 'chatgptAccountId' | 'createdAt' | 'updatedAt'>>;

export interface AccountPoolDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Where what was heard of usage is kept; nowhere when left out. */
  readonly history?: Pick<UsageHistory, 'note' | 'samplesOf' | 'forget'>;
  /** Under so much left, in percent, an account counts as low. */
  readonly lowPercent?: number;
  /** How long a learnt state that only informs (windows, ladders back at zero) may wait for the disk, ms. */
  readonly settleMs?: number;
}

/** Who an account is: the same person in the same workspace is the same account. */
export type Identity = Pick<AccountRecord, 'subject' | 'chatgptAccountId'>;

export function identityOf({ subject, chatgptAccountId }: Identity): string {
  return JSON.stringify([subject, chatgptAccountId]);
}

/** States that go into one transaction. */
const saveBatch = 100;

/** Every account in memory, replaced whole with each change. What a person set is on disk before it shows; what was learnt shows at once. */
export class AccountPool implements Disposable {
  readonly #deps: AccountPoolDeps;
  readonly #byId = new Map<AccountId, StoredAccount>();
  readonly #byIdentity = new Map<string, AccountId>();
  readonly #unsaved = new Set<AccountId>();
  readonly #changes = new ChangeSignal<AccountId>(100);
  readonly #limits = new ChangeSignal<AccountId>(500);
  #roster: LiveRoster | null = null;
  /** Where each account stands in #roster, so that a change of one does not copy the list. */
  readonly #places = new Map<AccountId, number>();
  #settling: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: AccountPoolDeps, opened: readonly StoredAccount[]) {
    this.#deps = deps;
    for (const stored of opened) {
      this.#byId.set(stored.account.id, stored);
      this.#byIdentity.set(identityOf(stored.account), stored.account.id);
    }
  }

  /** By sort, then by age: the order requests try them in. */
  list(): readonly StoredAccount[] {
    return this.roster().accounts;
  }

  /** The same, with what choosing one of them looks at first. */
  roster(): Roster {
    this.#roster ??= this.#sort();
    return this.#roster;
  }

  view(): Account[] {
    const now = this.#deps.clock.now();
    return this.list().map((stored) => this.#view(stored, now));
  }

  /** One account as clients see it; null when it is gone. */
  viewOf(id: AccountId): Account | null {
    const stored = this.#byId.get(id);
    return stored ? this.#view(stored, this.#deps.clock.now()) : null;
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

  /** Replaces accounts whole. Durable, all or none, then visible. */
  async save(accounts: readonly StoredAccount[]): Promise<void> {
    await this.take(accounts.map((planned) => ({ planned, base: this.findByIdentity(planned.account) ?? null })));
  }

  /**
   * Takes accounts that were planned a moment ago. What the pool learnt or a person set since then stays, and someone who came meanwhile is not made
   * twice. Durable, all or none, then visible. Resolves to the accounts as they are now, in the same order.
   */
  take(arrivals: readonly Arrival[]): Promise<StoredAccount[]> {
    return this.#inTurn(async () => {
      const accounts = arrivals.map((arrival) => upToDate(arrival, this.findByIdentity(arrival.planned.account) ?? null));
      const states = accounts.map(({ account }) => this.#byId.get(account.id)?.state);
      await this.#deps.store.saveAccounts(accounts);
      accounts.forEach((stored, i) => this.#arrive(stored, states[i]));
      return accounts;
    });
  }

  /** `limited` are accounts that a failure showed to be spent, closed or signed out. */
  onLimit(listener: (limited: ReadonlySet<AccountId>) => void): Disposable {
    return this.#limits.on(listener);
  }

  /** Durable, all or none, then visible. Resolves to how many of them there were. */
  update(patches: ReadonlyMap<AccountId, AccountPatch>): Promise<number> {
    return this.#inTurn(() => this.#update(patches));
  }

  async #update(patches: ReadonlyMap<AccountId, AccountPatch>): Promise<number> {
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
    if (before && before.needsLogin !== null) await this.#deps.store.saveStates([{ id, state: { ...before, needsLogin: null } }]);
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
  delete(ids: readonly AccountId[]): Promise<number> {
    return this.#inTurn(() => this.#delete(ids));
  }

  async #delete(ids: readonly AccountId[]): Promise<number> {
    const known = await this.#deps.store.deleteAccounts(ids);
    for (const id of ids) {
      const stored = this.#byId.get(id);
      if (!stored) continue;
      this.#byId.delete(id);
      this.#byIdentity.delete(identityOf(stored.account));
    }
    this.#deps.history?.forget(ids);
    this.#roster = null;
    this.#changes.fire(...ids);
    return known;
  }

  /** How often an account began to pause since the start. */
  cooldowns = 0;

  /** Takes what a failure taught. Visible at once, saved at once. */
  learn(id: AccountId, effect: Effect): void {
    const stored = this.#byId.get(id);
    if (!stored || effect.kind === 'none' || effect.kind === 'unhealthy') return;
    this.#setState(id, applyEffect(stored.state, effect));
    if (effect.kind === 'cooldown' || effect.kind === 'exhausted') this.cooldowns += 1;
    if (effect.kind === 'exhausted' || effect.kind === 'blocked') this.#limits.fire(id);
  }

  /** This account failed in a request that another one then answered. */
  outrun(id: AccountId, reason: string): void {
    const stored = this.#byId.get(id);
    if (stored) this.#setState(id, applyOutrun(stored.state, reason, this.#deps.clock.now()));
  }

  /** The account answered a request to its end. */
  succeeded(id: AccountId): void {
    const stored = this.#byId.get(id);
    if (stored) this.#inform(stored, applySuccess(stored.state));
  }

  /** What an answer told about the account's usage, the moment it arrives. */
  heard(id: AccountId, reading: UsageReading): void {
    this.setUsage(id, reading, this.#deps.clock.now());
  }

  /** Takes what was told about an account's usage; `askedAt` (Unix ms) is when it was asked for. A limit that is learnt is saved at once. */
  setUsage(id: AccountId, reading: UsageReading, askedAt: number): void {
    const stored = this.#byId.get(id);
    if (!stored) return;
    const now = this.#deps.clock.now();
    const state = applyUsage(stored.state, reading, askedAt, now);
    if (state === stored.state) return;
    this.#deps.history?.note(id, state.windows, now);
    if (state.exhaustedUntil !== stored.state.exhaustedUntil || state.blocked !== stored.state.blocked) this.#setState(id, state);
    else this.#inform(stored, state);
  }

  /** Reading its usage failed: shown, and nothing else; it says nothing about the account. */
  usageFailed(id: AccountId, reason: string): void {
    const stored = this.#byId.get(id);
    if (stored && stored.state.usageError !== reason) this.#inform(stored, { ...stored.state, usageError: reason });
  }

  /** A spent window was reset at the person's wish. */
  usageReset(id: AccountId): void {
    const stored = this.#byId.get(id);
    if (stored) this.#setState(id, { ...stored.state, exhaustedUntil: 0, exhaustedAt: 0 });
  }

  /** Waits until everything learnt is on disk. */
  async dispose(): Promise<void> {
    this.#saveStates();
    this.#changes.dispose();
    this.#limits.dispose();
    await this.#saving;
  }

  #view(stored: StoredAccount, now: number): Account {
    const { lowPercent = defaultLowPercent, history } = this.#deps;
    return !history ? accountView(stored, now) : accountView(stored, now, { lowPercent, samplesOf: (window) => history.samplesOf(stored.account.id, window) });
  }

  /** A state that only informs may wait a little for the disk. */
  #inform(stored: StoredAccount, state: AccountState): void {
    if (state === stored.state) return;
    this.#put({ ...stored, state });
    this.#unsaved.add(stored.account.id);
    this.#settling ??= setTimeout(() => this.#saveStates(), this.#deps.settleMs ?? 2_000).unref();
  }

  /** What was learnt since `before`, while it was being stored, counts for more than what it was stored with. */
  #arrive(stored: StoredAccount, before: AccountState | undefined): void {
    const { id } = stored.account;
    const learnt = this.#byId.get(id)?.state;
    this.#put(stored);
    if (learnt && learnt !== before) this.#setState(id, { ...learnt, needsLogin: stored.state.needsLogin, blocked: stored.state.blocked });
  }

  /** Changes of rows one after another: each begins with what the one before made. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
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
    for (let at = 0; at < ids.length; at += saveBatch) {
      const states = ids.slice(at, at + saveBatch).flatMap((id) => {
        const stored = this.#byId.get(id);
        return stored ? [{ id, state: stored.state }] : [];
      });
      try {
        await this.#deps.store.saveStates(states);
      } catch (thrown) {
        for (const { id } of states) this.#unsaved.add(id); // the next change tries again
        this.#deps.log('error', `What was learnt about ${states.length} account${states.length === 1 ? '' : 's'} could not be saved: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`);
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
    const last = this.#roster?.accounts.at(-1);
    if (this.#roster && before && place !== undefined && inOrder(before, stored) === 0) this.#roster.replace(place, stored);
    else if (this.#roster && !before && (!last || inOrder(last, stored) < 0)) this.#places.set(stored.account.id, this.#roster.push(stored));
    else this.#roster = null;
  }

  #sort(): LiveRoster {
    const sorted = [...this.#byId.values()].sort(inOrder);
    this.#places.clear();
    sorted.forEach(({ account }, place) => this.#places.set(account.id, place));
    return new LiveRoster(sorted);
  }
}

function inOrder({ account: a }: StoredAccount, { account: b }: StoredAccount): number {
  return a.sort - b.sort || a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
