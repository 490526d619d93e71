import type { BudgetUsage, KeyId, KeyLimits } from '../contract/platformKey.ts';
import type { Clock } from '../core/clock.ts';
import { isCounted, type Amount } from '../core/keyLimits.ts';
import { KeyLedger } from '../core/keyLedger.ts';
import type { Log } from '../core/logger.ts';
import type { Disposable } from '../core/scope.ts';
import type { KeySettlement, KeyUsageBatch, KeyUsageState, Store } from '../core/store.ts';
import { AppError } from '../core/appError.ts';
import type { Admission, Budgets } from '../gateway/ports.ts';
import { ChangeSignal } from './changeSignal.ts';
import { GroupCommit } from './groupCommit.ts';

/** Usage changes with every request; listeners hear of it this often, ms. */
const tellMs = 1_000;
const minuteMs = 60_000;

type Entry = { readonly reserved: KeyUsageBatch['reserved'][number] } | { readonly settled: KeySettlement };

export interface KeyBudgetsDeps {
  readonly store: Pick<Store, 'countKeys'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Counts what keys with limits use. Memory decides, at once, so that requests of the same moment see each other; before a request goes on, what it may use is
 * reserved on disk, and its true usage takes that place at its end. What a dead process had reserved counts as used.
 */
export class KeyBudgets implements Budgets, Disposable {
  readonly #deps: KeyBudgetsDeps;
  readonly #ledgers = new Map<KeyId, KeyLedger>();
  readonly #commit = new GroupCommit<Entry>((entries) => this.#write(entries));
  readonly #changes = new ChangeSignal(tellMs);
  /** Settlements that could not be written; they come along with the next write. */
  #late: KeySettlement[] = [];
  #lastId: number;

  constructor(deps: KeyBudgetsDeps, { days, begun, lastId }: KeyUsageState) {
    this.#deps = deps;
    this.#lastId = lastId;
    for (const { keyId, day, ...used } of days) this.#ledger(keyId).load(day, used);
    for (const { keyId, at } of begun) this.#ledger(keyId).loadBegun(at);
  }

  /** Rejects when what it reserves cannot be made durable; nothing is reserved then. */
  async admit({ id, limits }: { readonly id: KeyId; readonly limits: KeyLimits }, estimate: Amount): Promise<Admission> {
    const now = this.#deps.clock.now();
    const ledger = this.#ledger(id);
    const reached = ledger.reached(limits, estimate, now);
    if (reached) return { reached };
    ledger.begin();
    if (!isCounted(limits)) return { reached: null, leave: () => Promise.resolve(ledger.end()) };
    const reservation = ledger.reserve(++this.#lastId, estimate, now);
    try {
      await this.#commit.add({ reserved: { ...reservation, keyId: id } });
    } catch (thrown) {
      ledger.end();
      ledger.cancel(reservation.id);
      // A write that failed at its very end may be on disk all the same.
      this.#late.push({ id: reservation.id, tokens: 0, cost: 0 });
      throw thrown;
    }
    this.#changes.fire();
    return { reached: null, leave: (used) => this.#leave(ledger, reservation.id, used ?? { tokens: 0, cost: 0 }) };
  }

  usage(id: KeyId, limits: KeyLimits | null): BudgetUsage[] {
    return limits === null ? [] : this.#ledger(id).usage(limits, this.#deps.clock.now());
  }

  /** The key is deleted. */
  forget(id: KeyId): void {
    this.#ledgers.delete(id);
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Resolves when what was settled before is durable, and those who waited for it have gone on. */
  flush(): Promise<void> {
    return this.#commit.flush();
  }

  async dispose(): Promise<void> {
    this.#changes.dispose();
    // Requests whose connections were just closed end in this turn of the event loop.
    await new Promise(setImmediate);
    await this.flush();
  }

  async #leave(ledger: KeyLedger, id: number, { tokens, cost }: Amount): Promise<void> {
    ledger.end();
    ledger.settle(id, { tokens, cost });
    this.#changes.fire();
    await this.#commit.add({ settled: { id, tokens, cost } }).catch((thrown: unknown) => {
      this.#late.push({ id, tokens, cost });
      this.#deps.log('error', `What a platform key used could not be saved: ${AppError.from(thrown).message} It is tried again with its next request; until then its reservation stands on disk.`);
    });
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const late = this.#late;
    this.#late = [];
    try {
      await this.#deps.store.countKeys({
        reserved: entries.flatMap((entry) => ('reserved' in entry ? [entry.reserved] : [])),
        settled: [...late, ...entries.flatMap((entry) => ('settled' in entry ? [entry.settled] : []))],
        forget: this.#deps.clock.now() - minuteMs,
      });
    } catch (thrown) {
      this.#late.push(...late);
      throw thrown;
    }
  }

  #ledger(id: KeyId): KeyLedger {
    const known = this.#ledgers.get(id);
    if (known) return known;
    const made = new KeyLedger();
    this.#ledgers.set(id, made);
    return made;
  }
}
