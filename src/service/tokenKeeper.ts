import type { AccountId } from '../contract/account.ts';
import type { Log } from '../core/logger.ts';
import type { StoredAccount } from '../core/records.ts';
import type { RefreshReason, RefreshTokens } from '../core/refreshTokens.ts';
import type { Disposable } from '../core/scope.ts';
import type { AccountPool } from './accountPool.ts';

/** What became of a token that upstream refused. */
export type Renewal = { readonly kind: 'renewed' } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

export interface TokenKeeperDeps {
  readonly pool: AccountPool;
  readonly log: Log;
  readonly refresh: RefreshTokens;
}

/** Renews logins, for everybody who needs one renewed: one refresh per account at a time. */
export class TokenKeeper implements Disposable {
  readonly #deps: TokenKeeperDeps;
  readonly #renewals = new Map<AccountId, Promise<Renewal>>();

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
  }

  /**
   * Renews the access token that upstream just refused. One refresh per account at a time, for everybody; a token that was renewed meanwhile is
   * not renewed again. The new tokens are on disk before anyone can use them.
   */
  readonly renew = (id: AccountId, refusedToken: string, reason: RefreshReason): Promise<Renewal> => {
    const running = this.#renewals.get(id);
    if (running) return running;
    const stored = this.#deps.pool.find(id);
    if (!stored) return Promise.resolve({ kind: 'failed', reason: 'account_deleted' });
    if (stored.tokens.accessToken !== refusedToken) return Promise.resolve({ kind: 'renewed' });
    const renewal = this.#renew(stored, reason).finally(() => this.#renewals.delete(id));
    this.#renewals.set(id, renewal);
    return renewal;
  };

  async #renew({ account, tokens }: StoredAccount, reason: RefreshReason): Promise<Renewal> {
    if (tokens.refreshToken === null) return { kind: 'refused', reason: 'no_refresh_token' };
    const outcome = await this.#deps.refresh(tokens, reason);
    if (outcome.kind !== 'renewed') {
      this.#deps.log('warn', `Refreshing the login of ${account.label} ${outcome.kind === 'refused' ? 'was refused' : 'failed'}: ${outcome.reason}.`);
      return { kind: outcome.kind, reason: outcome.reason };
    }
    await this.#deps.pool.setTokens(account.id, outcome.tokens);
    return { kind: 'renewed' };
  }

  /** Waits for the refreshes that run: their new tokens would be lost. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#renewals.values());
  }
}
