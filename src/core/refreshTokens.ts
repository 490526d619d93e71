import type { TokenRecord } from './records.ts';

/** What the issuer answered to a refresh. `refused` is final: the login is dead. `failed` says nothing about the login (network, 5xx). */
export type RefreshOutcome =
  | { readonly kind: 'renewed'; readonly tokens: TokenRecord }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export type RefreshReason = 'proactive_expiry' | 'scheduled' | 'unauthorized_recovery';

/** Spends the refresh token once. Never called twice at the same time for one account. */
export type RefreshTokens = (tokens: TokenRecord, reason: RefreshReason) => Promise<RefreshOutcome>;
