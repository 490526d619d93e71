import type { KeyId, PlatformKey } from '../contract/platformKey.ts';
import type { KeyRecord, KeySet } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../core/logger.ts';
import { AppError } from '../core/appError.ts';
import { ChangeSignal } from './changeSignal.ts';
import type { KeyBudgets } from './keyBudgets.ts';

/** A key's last use is kept to about so many seconds. */
const usedStepSeconds = 10;
const settleMs = 2_000;

/** The platform keys in memory, found by the SHA-256 of their text. Changes are on disk before they count. */
export class KeyRing implements Disposable {
  readonly #store: Store;
  readonly #byHash = new Map<string, KeyRecord>();
  readonly #changes = new ChangeSignal(20);
  readonly #unsaved = new Set<string>();
  readonly #log: Log;
  readonly #budgets: KeyBudgets;
  #timer: NodeJS.Timeout | null = null;
  /** Changes come one after the other, or one would write down what another has just replaced. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor({ store, log, budgets }: { readonly store: Store; readonly log: Log; readonly budgets: KeyBudgets }, keys: readonly KeyRecord[]) {
    this.#store = store;
    this.#log = log;
    this.#budgets = budgets;
    budgets.onChange(() => this.#changes.fire());
    for (const key of keys) this.#byHash.set(key.hash, key);
  }

  /** Newest first, as the original lists them. */
  list(): readonly KeyRecord[] {
    return [...this.#byHash.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  }

  view(): PlatformKey[] {
    return this.list().map(({ hash: _hash, enabled, accountGroups, accountPlans, ...key }) => ({
      ...key, accountGroups: accountGroups && [...accountGroups], accountPlans: accountPlans && [...accountPlans], usage: this.#budgets.usage(key.id, key.limits),
      clientType: 'codex' as const, authScheme: 'authorization_bearer' as const, status: enabled ? 'active' as const : 'disabled' as const,
    }));
  }

  /** `hash` is the lowercase hex SHA-256 of the presented text. */
  find(hash: string): KeyRecord | undefined {
    return this.#byHash.get(hash);
  }

  /** A request came with this key. Shown at once, on disk a little later: it informs, and nothing hangs on it. `now` in Unix ms. */
  used(key: KeyRecord, now: number): void {
    const lastUsedAt = Math.floor(now / 1000);
    if (key.lastUsedAt !== null && lastUsedAt - key.lastUsedAt < usedStepSeconds) return;
    this.#byHash.set(key.hash, { ...key, lastUsedAt });
    this.#unsaved.add(key.hash);
    this.#timer ??= setTimeout(() => void this.#saveUsed(), settleMs).unref();
    this.#changes.fire();
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  async create(key: KeyRecord, secret: string): Promise<void> {
    await this.#store.createKey(key, secret);
    this.#byHash.set(key.hash, key);
    this.#changes.fire();
  }

  /** False when there is no such key. */
  async setEnabled(id: KeyId, enabled: boolean): Promise<boolean> {
    const known = await this.#store.setKeyEnabled(id, enabled);
    const key = this.#findById(id);
    if (key) this.#byHash.set(key.hash, { ...key, enabled });
    this.#changes.fire();
    return known;
  }

  /** What a person sets, for the next request on. False when there is no such key. */
  change(id: KeyId, changeOf: (before: KeyRecord) => Partial<KeySet>): Promise<boolean> {
    return this.#inTurn(async () => {
      const before = this.#findById(id);
      if (!before) return false;
      const change = changeOf(before);
      if (!(await this.#store.updateKey(id, { ...before, ...change }))) return false;
      const key = this.#findById(id);
      if (key) this.#byHash.set(key.hash, { ...key, ...change });
      this.#changes.fire();
      return true;
    });
  }

  /** Another text in the place of the one it has, which opens nothing from then on. False when there is no such key. */
  replaceSecret(id: KeyId, hash: string, secret: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!(await this.#store.replaceKeySecret(id, hash, secret))) return false;
      const key = this.#findById(id);
      if (!key) return false;
      this.#byHash.delete(key.hash);
      this.#byHash.set(hash, { ...key, hash });
      if (this.#unsaved.delete(key.hash)) this.#unsaved.add(hash);
      this.#changes.fire();
      return true;
    });
  }

  async delete(id: KeyId): Promise<boolean> {
    const known = await this.#store.deleteKey(id);
    const key = this.#findById(id);
    if (key) this.#byHash.delete(key.hash);
    this.#budgets.forget(id);
    this.#changes.fire();
    return known;
  }

  readSecret(id: KeyId): Promise<string | null> {
    return this.#store.readKeySecret(id);
  }

  async dispose(): Promise<void> {
    this.#changes.dispose();
    await this.#saveUsed();
  }

  async #saveUsed(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const used = [...this.#unsaved].flatMap((hash) => this.#byHash.get(hash) ?? []).map(({ id, lastUsedAt }) => ({ id, lastUsedAt: lastUsedAt ?? 0 }));
    this.#unsaved.clear();
    if (used.length === 0) return;
    try {
      await this.#store.setKeysUsed(used);
    } catch (thrown) {
      this.#log('warn', `When platform keys were last used could not be saved: ${AppError.from(thrown).message}`);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  #findById(id: KeyId): KeyRecord | undefined {
    return [...this.#byHash.values()].find((key) => key.id === id);
  }
}
