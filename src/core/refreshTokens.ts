import type { TokenRecord } from './records.ts';

/** The issuer was not reached or is in trouble, which says nothing about the login. */
export interface RefreshFailure {
  readonly kind: 'failed';
  readonly reason: string;
  /** The request was sent and what became of it is not known: the issuer may have spent the refresh token. */
  readonly lost: boolean;
  /** How long the issuer wants to be left alone, null when it did not say. */
  readonly retryAfterMs: number | null;
}

/** What the issuer answered to a refresh. `refused` is final: this refresh token will never work again. */
export type RefreshOutcome = { readonly kind: 'renewed'; readonly tokens: TokenRecord } | { readonly kind: 'refused'; readonly reason: string } | RefreshFailure;

export type RefreshReason = 'proactive_expiry' | 'scheduled' | 'unauthorized_recovery';

/** Spends the refresh token once, through the account's own proxy if it has one. Never called twice at the same time for one account. */
export type RefreshTokens = (tokens: TokenRecord, reason: RefreshReason, proxy: string | null) => Promise<RefreshOutcome>;
