import type { AccountId } from '../../contract/account.ts';
import type { LoginStatus } from '../../contract/login.ts';
import type { LoginCall } from '../../upstream/login.ts';

/** What a person asked for with a login; group, tags and note are for an account that is new. */
export interface LoginWish {
  /** The account that needs a new login. */
  readonly accountId: AccountId | null;
  readonly groupName: string | null;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** How the issuer is reached: the proxy of the account that needs a login; null: the way everybody goes. */
  readonly proxy: string | null;
}

type LoginResult = Pick<LoginStatus, 'status' | 'error' | 'accountId' | 'created' | 'otherAccount'>;

/** One login from its start to its outcome, which is told once. */
export class LoginSession {
  readonly loginId: string;
  readonly kind: 'browser' | 'device';
  readonly wish: LoginWish;
  /** Unix ms. */
  readonly startedAt: number;
  /** Fires with the outcome: whatever is still running for this login ends. */
  readonly over = new AbortController();
  /** Resolves with the outcome. */
  readonly settled: Promise<void>;
  /** Browser logins: the PKCE secret, forgotten with the outcome. */
  verifier = '';
  redirectUri = '';
  /** Its code is being exchanged, or was: no other one is accepted. */
  used = false;
  /** The tokens are here and are being stored: too late to cancel. */
  storing = false;
  #result: LoginResult = { status: 'pending', error: null, accountId: null, created: false, otherAccount: false };
  #updatedAt: number;
  #settle: () => void = () => undefined;

  /** `now` in Unix ms. */
  constructor(loginId: string, kind: LoginSession['kind'], wish: LoginWish, now: number) {
    this.loginId = loginId;
    this.kind = kind;
    this.wish = wish;
    this.startedAt = now;
    this.#updatedAt = Math.floor(now / 1000);
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  /** How the issuer is asked for this login, until its outcome. */
  get call(): LoginCall {
    return { signal: this.over.signal, proxy: this.wish.proxy };
  }

  get pending(): boolean {
    return this.#result.status === 'pending';
  }

  /** Ended at least so many seconds ago. */
  endedBefore(now: number, seconds: number): boolean {
    return !this.pending && this.#updatedAt + seconds <= now / 1000;
  }

  get status(): LoginStatus {
    return { ...this.#result, updatedAt: this.#updatedAt };
  }

  succeed(account: { readonly accountId: AccountId; readonly created: boolean; readonly otherAccount: boolean }, now: number): void {
    this.#end({ status: 'success', error: null, ...account }, now);
  }

  fail(error: string, now: number): void {
    this.#end({ status: 'failed', error, accountId: null, created: false, otherAccount: false }, now);
  }

  /** The first outcome counts. `now` in Unix ms. */
  #end(result: LoginResult, now: number): void {
    if (!this.pending) return;
    this.#result = result;
    this.#updatedAt = Math.floor(now / 1000);
    this.verifier = '';
    this.over.abort();
    this.#settle();
  }
}
