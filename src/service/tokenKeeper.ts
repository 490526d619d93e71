import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { StoredAccount, TokenRecord } from '../core/records.ts';
import type { RefreshFailure, RefreshReason, RefreshTokens } from '../core/refreshTokens.ts';
import type { Disposable } from '../core/scope.ts';
import { judgeFailure, type Failure } from '../core/failure.ts';
import { readClaims } from '../core/jwtClaims.ts';
import { dueSince, nextRefresh, pauseAfter } from '../core/nextRefresh.ts';
import type { AccountPool } from './accountPool.ts';
import { AccountLocks } from './accountLocks.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { CodexSharing } from './codexSharing.ts';
import { Counts } from './metrics/counts.ts';
import { renewTokens } from './tokenRenewal.ts';
import { TokenSaver } from './tokenSaver.ts';

/** What became of a login that was to be renewed. */
export type Renewal = { readonly kind: 'renewed' } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

export interface TokenKeeperDeps {
  readonly pool: AccountPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly refresh: RefreshTokens;
  readonly sharing: CodexSharing;
  readonly network: Network;
  /** Null when no platform fallback is configured, and nobody would use a key. */
  readonly apiKeys: ((keep: (id: AccountId, apiKey: string) => Promise<void>) => ApiKeys) | null;
  /** 0 to 1. */
  readonly random: () => number;
}

/** An account that is left alone for a while, as long as it has the token that failed. `until` in Unix ms. */
interface Pause { readonly refreshToken: string | null; readonly failures: number; readonly until: number; readonly renewal: Renewal }

/** A window closing the editor waits so long for us, and then kills. */
const mostDisposeMs = 3_000;

/** Renews logins, for everybody who needs one renewed: one refresh per account at a time, and new tokens are on disk before anybody uses them. */
export class TokenKeeper implements Disposable {
  readonly #deps: TokenKeeperDeps;
  readonly #saver: TokenSaver;
  readonly #apiKeys: ApiKeys | null;
  readonly #locks = new AccountLocks();
  readonly #renewals = new Map<AccountId, Promise<Renewal>>();
  readonly #pauses = new Map<AccountId, Pause>();
  readonly #stop = new AbortController();

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
    this.#saver = new TokenSaver(deps.pool, deps.log);
    this.#apiKeys = deps.apiKeys?.((id, apiKey) => this.#locks.run(id, () => this.#keepApiKey(id, apiKey))) ?? null;
  }

  /**
   * Renews the access token that upstream just refused; one that was renewed meanwhile is not renewed again. Shortly after a failure the same answer
   * comes at once. What it means for the account is learnt before this resolves.
   */
  readonly renew = async (id: AccountId, refusedToken: string): Promise<Renewal> => {
    const stored = this.#deps.pool.find(id);
    const paused = stored && !this.#renewals.has(id) ? this.#pauseOf(stored)?.renewal : undefined;
    const renewal = paused ?? await this.#begin(id, refusedToken, 'unauthorized_recovery');
    if (renewal.kind === 'failed') this.#learn(id, { kind: 'refreshFailed' });
    return renewal;
  };

  /** Renews because a person asks for it: at once, also shortly after a failure. */
  refreshNow(id: AccountId): Promise<Renewal> {
    return this.#begin(id, null, 'scheduled');
  }

  /** Renews an account that is due. */
  refreshDue(id: AccountId): Promise<Renewal> {
    const stored = this.#deps.pool.find(id);
    const next = stored && nextRefresh(stored, this.#deps.clock.now());
    return this.#begin(id, stored?.tokens.accessToken ?? null, next?.reason ?? 'scheduled');
  }

  isDue(id: AccountId): boolean {
    const stored = this.#deps.pool.find(id);
    return stored !== undefined && this.#dueSince(stored) !== null;
  }

  /** Accounts to renew now, the longest due first. None while the disk refuses renewed tokens: a crash would lose those too. */
  due(): AccountId[] {
    if (this.#saver.unsaved.length > 0) return [];
    const due = this.#deps.pool.list().flatMap((stored) => {
      const since = this.#dueSince(stored);
      return since === null ? [] : [{ id: stored.account.id, since }];
    });
    return due.sort((a, b) => a.since - b.since).map(({ id }) => id);
  }

  /** Saves what the disk refused before, and gets in step with Codex CLI's file. Never rejects. */
  async tidy(): Promise<void> {
    for (const id of this.#saver.unsaved) await this.#locks.run(id, () => this.#saver.saveAgain(id));
    const id = await this.#deps.sharing.outOfStep();
    if (id !== null && !this.#renewals.has(id)) await this.#locks.run(id, () => this.#getInStep(id));
  }

  /** Runs a task while none of these accounts' logins is renewed; one that is being renewed is waited for. */
  exclusive<T>(ids: readonly AccountId[], task: () => Promise<T>): Promise<T> {
    return [...new Set(ids)].sort().reduceRight<() => Promise<T>>((inner, id) => () => this.#locks.run(id, inner), task)();
  }

  /** A person just signed in to this account. */
  signedIn(id: AccountId): void {
    this.#pauses.delete(id);
    this.#apiKeys?.offer(id);
  }

  /** Waits for the refreshes that run, whose new tokens would be lost, but not longer than a host waits for us. */
  async dispose(): Promise<void> {
    this.#stop.abort();
    this.#apiKeys?.dispose();
    const done = new AbortController();
    const finish = async (): Promise<void> => {
      await this.#locks.idle();
      for (const id of this.#saver.unsaved) await this.#saver.saveAgain(id);
      done.abort();
    };
    await Promise.race([finish(), this.#deps.clock.sleep(mostDisposeMs, done.signal).catch(() => undefined)]);
  }

  /** Renewals since the start, by how they ended. */
  readonly renewals = new Counts(['outcome']);

  /** `refusedToken` null: whatever the access token is. */
  #begin(id: AccountId, refusedToken: string | null, reason: RefreshReason): Promise<Renewal> {
    const running = this.#renewals.get(id);
    if (running) return running;
    const renewal = this.#locks.run(id, () => this.#renew(id, refusedToken, reason)).finally(() => this.#renewals.delete(id));
    this.#renewals.set(id, renewal);
    return renewal;
  }

  async #renew(id: AccountId, refusedToken: string | null, reason: RefreshReason): Promise<Renewal> {
    const stored = this.#deps.pool.find(id);
    if (!stored) return { kind: 'failed', reason: 'account_deleted' };
    if (this.#stop.signal.aborted) return { kind: 'failed', reason: 'stopping' };
    if (refusedToken !== null && stored.tokens.accessToken !== refusedToken) return { kind: 'renewed' };
    const outcome = await renewTokens(this.#deps, stored, reason, this.#stop.signal);
    this.renewals.add(1, outcome.kind);
    if (outcome.kind === 'renewed') {
      await this.#take(stored, outcome.tokens);
      return { kind: 'renewed' };
    }
    this.#failed(stored, outcome);
    return { kind: outcome.kind, reason: outcome.reason };
  }

  /** Tokens that a person's login or import brought meanwhile count for more. */
  async #take({ account, tokens: before }: StoredAccount, tokens: TokenRecord): Promise<void> {
    const { id, label } = account;
    if (this.#deps.pool.find(id)?.tokens.refreshToken !== before.refreshToken) return this.#deps.log('info', `The renewed login of ${label} is not needed: a new one came meanwhile.`);
    await this.#saver.save(id, tokens);
    this.#pauses.delete(id);
    await this.#followClaims(id, tokens.idToken === before.idToken ? null : tokens.idToken);
    await this.#deps.sharing.level(id);
    if (tokens.idToken !== before.idToken) this.#apiKeys?.offer(id);
  }

  /** What the issuer now says of the account, where a person cannot set it. */
  async #followClaims(id: AccountId, idToken: string | null): Promise<void> {
    const account = this.#deps.pool.find(id)?.account;
    const claims = idToken === null ? null : readClaims(idToken);
    if (!account || !claims) return;
    const told = { email: claims.email ?? account.email, plan: claims.planType ?? account.plan, workspaceName: claims.workspaceName ?? account.workspaceName, workspaceRole: claims.workspaceRole ?? account.workspaceRole };
    if (told.email === account.email && told.plan === account.plan && told.workspaceName === account.workspaceName && told.workspaceRole === account.workspaceRole) return;
    await this.#deps.pool.update(new Map([[id, told]])).catch((thrown: unknown) => this.#deps.log('warn', `What the issuer says of ${account.label} could not be saved: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`));
  }

  #failed({ account, tokens }: StoredAccount, outcome: RefreshFailure | { readonly kind: 'refused'; readonly reason: string }): void {
    const { clock, log, random } = this.#deps;
    const before = this.#pauses.get(account.id);
    const failures = before?.refreshToken === tokens.refreshToken ? before.failures + 1 : 1;
    const pause = Math.max(pauseAfter(failures, random()), outcome.kind === 'failed' ? (outcome.retryAfterMs ?? 0) : 0);
    this.#pauses.set(account.id, { refreshToken: tokens.refreshToken, failures, until: clock.now() + pause, renewal: { kind: outcome.kind, reason: outcome.reason } });
    if (outcome.kind === 'refused') this.#learn(account.id, { kind: 'refreshRefused', reason: outcome.reason });
    log('warn', `Refreshing the login of ${account.label} ${outcome.kind === 'refused' ? 'was refused' : 'failed'}: ${outcome.reason}.`);
  }

  #learn(id: AccountId, failure: Failure): void {
    const { pool, clock } = this.#deps;
    const state = pool.find(id)?.state;
    if (state) pool.learn(id, judgeFailure(failure, { now: clock.now(), model: null, state, refreshed: true }).effect);
  }

  async #getInStep(id: AccountId): Promise<void> {
    const { pool, sharing, log } = this.#deps;
    const stored = pool.find(id);
    const login = stored && await sharing.look(stored);
    if (!stored || login?.standing !== 'ahead') return sharing.level(id);
    log('info', `Codex CLI renewed the login of ${stored.account.label}; its new tokens are taken over.`);
    await this.#take(stored, login.tokens);
  }

  async #keepApiKey(id: AccountId, apiKey: string): Promise<void> {
    const stored = this.#deps.pool.find(id);
    if (stored?.state.needsLogin === null) await this.#deps.pool.setTokens(id, { ...stored.tokens, apiKey });
  }

  #pauseOf({ account, tokens }: StoredAccount): Pause | undefined {
    const pause = this.#pauses.get(account.id);
    return pause && pause.refreshToken === tokens.refreshToken && pause.until > this.#deps.clock.now() ? pause : undefined;
  }

  #dueSince(stored: StoredAccount): number | null {
    const since = dueSince(stored, this.#deps.clock.now());
    return since === null || this.#renewals.has(stored.account.id) || this.#pauseOf(stored) ? null : since;
  }
}
