import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import { judgeFailure } from '../core/failure.ts';
import type { Log } from '../core/logger.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { ReadUsage, UsageAnswer, UsageCaller } from '../upstream/readUsage.ts';
import type { ReadWorkspaceName } from '../upstream/readWorkspace.ts';
import type { AccountPool } from './accountPool.ts';
import type { Renewal } from './tokenKeeper.ts';
import { WorkQueue } from './workQueue.ts';

/** Whether an account's usage was read; `reason` is a short machine-like word. */
export type UsageOutcome = { readonly kind: 'read' } | { readonly kind: 'failed'; readonly reason: string };

export interface UsageKeeperDeps {
  readonly pool: AccountPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Network;
  readonly readUsage: ReadUsage;
  readonly readWorkspaceName: ReadWorkspaceName;
  readonly renew: (id: AccountId, refusedToken: string, reason: 'unauthorized_recovery') => Promise<Renewal>;
  /** As many accounts are asked at the same time. */
  readonly workers: number;
  /** The same kind of failure of an account is told once in so long, ms; 0 = every time. */
  readonly failureWindowMs: number;
}

/** Asks the provider what accounts have left: each account once at a time, whoever wants to know. */
export class UsageKeeper implements Disposable {
  readonly #deps: UsageKeeperDeps;
  readonly #queue: WorkQueue<AccountId, UsageOutcome>;
  readonly #readAt = new Map<AccountId, number>();
  readonly #told = new Map<string, number>();
  /** Accounts whose workspace was asked for since the start. */
  readonly #workspaces = new Set<AccountId>();

  constructor(deps: UsageKeeperDeps) {
    this.#deps = deps;
    this.#queue = new WorkQueue(deps.workers, (id) => this.#read(id));
  }

  /** Unix ms at which an account was last asked for, 0 = never. */
  lastReadAt(id: AccountId): number {
    return this.#readAt.get(id) ?? 0;
  }

  /** Reads an account's usage as soon as a worker is free. Who asks while it is under way gets the same answer. */
  readonly read = (id: AccountId): Promise<UsageOutcome> => this.#queue.run(id);

  /** Ends what waits; what runs is waited for by the connections' own end. */
  dispose(): void {
    this.#queue.dispose();
  }

  /** Readings since the start, and how long they took together. */
  readonly done = { attempts: 0, failures: 0, ms: 0 };

  async #read(id: AccountId): Promise<UsageOutcome> {
    const startedAt = performance.now();
    this.done.attempts += 1;
    const outcome = await this.#readOnce(id).catch((thrown: unknown) => {
      this.done.failures += 1;
      throw thrown;
    });
    this.done.ms += performance.now() - startedAt;
    if (outcome.kind === 'failed') this.done.failures += 1;
    return outcome;
  }

  async #readOnce(id: AccountId): Promise<UsageOutcome> {
    const { pool, clock } = this.#deps;
    const stored = pool.find(id);
    if (!stored) return { kind: 'failed', reason: 'account_deleted' };
    if (stored.state.needsLogin !== null) return { kind: 'failed', reason: 'needs_login' };
    const askedAt = clock.now();
    this.#readAt.set(id, askedAt);
    const answer = await this.#ask(stored);
    if (answer.kind !== 'read') return this.#failed(stored, answer);
    pool.setUsage(id, answer.reading, askedAt);
    await this.#learnAbout(id, answer.reading.plan);
    return { kind: 'read' };
  }

  /** Once more with a renewed token when it is refused. */
  async #ask({ account, tokens }: StoredAccount): Promise<UsageAnswer> {
    const { readUsage, renew, pool, network } = this.#deps;
    const answer = await readUsage(callerOf({ account, tokens }, network));
    if (answer.kind !== 'unauthorized') return answer;
    const renewal = await renew(account.id, tokens.accessToken, 'unauthorized_recovery');
    const renewed = pool.find(account.id);
    if (renewal.kind !== 'renewed') return { kind: 'failed', reason: renewal.reason };
    return renewed ? readUsage(callerOf(renewed, network)) : { kind: 'failed', reason: 'account_deleted' };
  }

  /** Plan and workspace, which a person cannot set. */
  async #learnAbout(id: AccountId, plan: string | null): Promise<void> {
    const { pool, network, readWorkspaceName } = this.#deps;
    const stored = pool.find(id);
    if (!stored) return;
    const { account } = stored;
    const isKnown = this.#workspaces.has(id);
    this.#workspaces.add(id);
    const workspaceName = isKnown ? null : await readWorkspaceName(callerOf(stored, network));
    const change = { ...(plan !== null && plan !== account.plan && { plan }), ...(workspaceName !== null && workspaceName !== account.workspaceName && { workspaceName }) };
    if (Object.keys(change).length > 0) await pool.update(new Map([[id, change]]));
  }

  /** Only an account that is closed learns from it: the endpoint's own troubles say nothing about what the account can do. */
  #failed(stored: StoredAccount, answer: Exclude<UsageAnswer, { kind: 'read' }>): UsageOutcome {
    const { pool, clock } = this.#deps;
    const { id } = stored.account;
    const reason = answer.kind === 'unauthorized' ? 'http_401' : answer.reason;
    if (answer.kind === 'refused') {
      const { effect } = judgeFailure({ kind: 'answer', error: answer.error, retryAfterMs: null, spentUntil: null }, { now: clock.now(), model: null, state: stored.state, refreshed: true });
      if (effect.kind === 'blocked') pool.learn(id, effect);
    }
    pool.usageFailed(id, reason);
    this.#tell(stored, reason);
    return { kind: 'failed', reason };
  }

  #tell({ account }: StoredAccount, reason: string): void {
    const { clock, log, failureWindowMs } = this.#deps;
    const now = clock.now();
    // A network that is down is one trouble, not one of every account.
    const name = reason.startsWith('http_') ? `${account.id} ${reason}` : reason;
    const before = this.#told.get(name);
    if (before !== undefined && now - before < failureWindowMs) return;
    this.#told.set(name, now);
    for (const [other, at] of this.#told) if (now - at > Math.max(10 * failureWindowMs, 60_000)) this.#told.delete(other);
    log('warn', `The usage of ${account.label} could not be read: ${reason}. It is asked for again; the account goes on serving.`);
  }
}

/** An account as the provider's small endpoints are asked for it. */
export function callerOf({ account, tokens }: Pick<StoredAccount, 'account' | 'tokens'>, network: Network): UsageCaller {
  return { accessToken: tokens.accessToken, chatgptAccountId: account.chatgptAccountId, proxy: network.proxyFor(account) };
}
