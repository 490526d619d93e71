import { randomBytes } from 'node:crypto';
import type { AccountId } from '../contract/account.ts';
import type { UsageRefresh } from '../contract/usage.ts';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountPool } from './accountPool.ts';
import { ChangeSignal, nextChange } from './changeSignal.ts';
import type { UsageKeeper } from './usageKeeper.ts';

/** As many failures are listed; all are counted. */
const mostFailures = 100;
/** As many refreshes are remembered; the oldest ended ones go first. */
const mostRemembered = 16;

type Live = { -readonly [Name in keyof UsageRefresh]: UsageRefresh[Name] };
interface Refresh { readonly status: Live; readonly changes: ChangeSignal; readonly wanted: AccountId[] }

/** Refreshes of many accounts that a person asked for, with progress and Cancel. */
export class UsageRefreshes implements Disposable {
  readonly #pool: AccountPool;
  readonly #usage: UsageKeeper;
  readonly #workers: number;
  readonly #refreshes = new Map<string, Refresh>();

  constructor(pool: AccountPool, usage: UsageKeeper, workers: number) {
    this.#pool = pool;
    this.#usage = usage;
    this.#workers = workers;
  }

  /** All accounts when `ids` is left out; those that need a login are left out in that case. */
  start(ids?: readonly AccountId[]): UsageRefresh {
    const wanted = ids ? [...new Set(ids)] : this.#pool.list().filter(({ state }) => state.needsLogin === null).map(({ account }) => account.id);
    const status: Live = { refreshId: `refresh_${randomBytes(6).toString('hex')}`, revision: 0, state: wanted.length === 0 ? 'done' : 'running', total: wanted.length, done: 0, failed: 0, last: null, failures: [] };
    const refresh: Refresh = { status, wanted, changes: new ChangeSignal(50) };
    this.#refreshes.set(status.refreshId, refresh);
    this.#forgetOld();
    for (let i = 0; i < this.#workers; i += 1) void this.#work(refresh);
    return { ...status };
  }

  /** Answers at once when it is at another revision than `seenRevision`, else at its next change or after `waitMs`. Throws `notFound`. */
  async status(refreshId: string, seenRevision: number | undefined, waitMs: number): Promise<UsageRefresh> {
    const { status, changes } = this.#find(refreshId);
    if (status.state === 'running' && status.revision === seenRevision && waitMs > 0) await nextChange(changes, waitMs);
    return { ...status, failures: [...status.failures] };
  }

  /** What is under way ends by itself; the rest is not asked. */
  cancel(refreshId: string): UsageRefresh {
    const { status, wanted, changes } = this.#find(refreshId);
    if (status.state === 'running') {
      wanted.length = 0;
      status.state = 'cancelled';
      status.revision += 1;
      changes.fire();
    }
    return { ...status };
  }

  dispose(): void {
    for (const { status, wanted, changes } of this.#refreshes.values()) {
      wanted.length = 0;
      if (status.state === 'running') status.state = 'cancelled';
      changes.fire();
    }
  }

  async #work(refresh: Refresh): Promise<void> {
    const { status, wanted, changes } = refresh;
    for (let id = wanted.shift(); id !== undefined; id = wanted.shift()) {
      const outcome = await this.#usage.read(id).catch((thrown: unknown) => ({ kind: 'failed' as const, reason: AppError.from(thrown).code }));
      const label = this.#pool.find(id)?.account.label ?? id;
      status.done += 1;
      status.last = label;
      if (outcome.kind === 'failed') {
        status.failed += 1;
        if (status.failures.length < mostFailures) status.failures.push({ accountId: id, label, reason: outcome.reason });
      }
      if (status.done === status.total && status.state === 'running') status.state = 'done';
      status.revision += 1;
      changes.fire();
    }
  }

  #find(refreshId: string): Refresh {
    const refresh = this.#refreshes.get(refreshId);
    if (!refresh) throw new AppError('notFound', 'This refresh is no longer known. Start another one.');
    return refresh;
  }

  #forgetOld(): void {
    for (const [id, { status }] of this.#refreshes) {
      if (this.#refreshes.size <= mostRemembered) return;
      if (status.state !== 'running') this.#refreshes.delete(id);
    }
  }
}
