import { randomBytes } from 'node:crypto';
import type { LabAccount, TokenFamily, TokenSet } from './labAccount.ts';
import { readClaims } from '../core/jwtClaims.ts';

/** What became of a refresh: new tokens or the issuer's error code. */
export type Refreshed = { readonly tokens: TokenSet } | { readonly code: string };

/** Every token the issuer ever gave out. A refresh token that is used twice kills its family, as the real issuer does it. */
export class TokenBook {
  readonly #families = new Map<string, TokenFamily>();
  readonly #access = new Map<string, LabAccount>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new login. */
  issue(account: LabAccount): TokenSet {
    const tokens = account.mint();
    this.#families.set(tokens.refresh_token, { account, current: tokens.refresh_token, dead: null, last: null });
    this.#access.set(tokens.access_token, account);
    return tokens;
  }

  /** A personal access token: it says nothing of its owner and does not expire. */
  issuePersonal(account: LabAccount): string {
    const token = `at-${randomBytes(24).toString('base64url')}`;
    this.#access.set(token, account);
    return token;
  }

  /** Whose refresh token this is or was. */
  accountOf(refreshToken: string): LabAccount | null {
    return this.#families.get(refreshToken)?.account ?? null;
  }

  refresh(refreshToken: string): Refreshed {
    const family = this.#families.get(refreshToken);
    if (!family) return { code: 'invalid_grant' };
    const { account } = family;
    if (account.refuseRefresh !== null) return { code: account.refuseRefresh };
    if (family.dead !== null) return { code: family.dead };
    if (account.refreshes.leeway && family.last?.spent === refreshToken) return { tokens: family.last.tokens };
    if (family.current !== refreshToken) {
      family.dead = 'refresh_token_invalidated';
      account.refreshes.ended += 1;
      return { code: 'refresh_token_reused' };
    }
    const tokens = account.mint();
    account.refreshes.rotated += 1;
    family.current = tokens.refresh_token;
    family.last = { spent: refreshToken, tokens };
    this.#families.set(tokens.refresh_token, family);
    this.#access.set(tokens.access_token, account);
    return { tokens };
  }

  revoke(refreshToken: string): void {
    const family = this.#families.get(refreshToken);
    if (family) family.dead = 'refresh_token_invalidated';
  }

  /** Whose access token this is; null when it is foreign or expired. */
  owner(accessToken: string): LabAccount | null {
    const account = this.#access.get(accessToken);
    const expiresAt = accessToken.startsWith('at-') ? Infinity : (readClaims(accessToken)?.expiresAt ?? 0);
    return account && expiresAt * 1000 > this.#now() && !account.expired.has(accessToken) ? account : null;
  }

  /** Lets every access token of an account count as expired from now on. */
  expireAll(account: LabAccount): void {
    for (const [token, owner] of this.#access) if (owner === account) account.expired.add(token);
  }
}
