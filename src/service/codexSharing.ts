import { createHash } from 'node:crypto';
import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import type { StoredAccount, TokenRecord } from '../core/records.ts';
import { AppError } from '../core/appError.ts';
import { withTokens } from '../core/codexAuthText.ts';
import { identityOf, type AccountPool } from './accountPool.ts';
import type { CodexAuth, CodexAuthFile } from './codexAuthFile.ts';

/**
 * How Codex CLI's login stands to ours. `behind`: it holds a token we spent; `ahead`: it holds a newer one of the same login, or one we are free to
 * take; `other`: a login of its own, which stays its own.
 */
export type Standing = 'same' | 'behind' | 'ahead' | 'other';

/** An account's login as the file has it. `tokens` are as this account would store them. */
export interface FileLogin { readonly standing: Standing; readonly text: string; readonly tokens: TokenRecord }

export interface CodexSharingDeps {
  readonly file: CodexAuthFile;
  readonly pool: AccountPool;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Keeps our logins and the one in Codex CLI's `auth.json` in step. A refresh token with two holders who do not know of each other is dead at its second use. */
export class CodexSharing {
  readonly #deps: CodexSharingDeps;
  /** Account → what was last said about it, so that it is not said on every tick. */
  readonly #said = new Map<AccountId, string>();

  constructor(deps: CodexSharingDeps) {
    this.#deps = deps;
  }

  /** The account whose login in the file asks for something to be done. Cheap: the file is read only when it changed. */
  async outOfStep(): Promise<AccountId | null> {
    const auth = await this.#deps.file.peek();
    const stored = auth.state === 'login' && auth.account ? this.#deps.pool.findByIdentity(auth.account) : undefined;
    const login = stored && this.#loginOf(stored, auth);
    if (!stored || !login || login.standing === 'other') return null;
    return login.standing === 'same' && stored.state.codexTokenHash === hashOf(stored.tokens) ? null : stored.account.id;
  }

  /** What the file holds for this account now, null when nothing. */
  async look(stored: StoredAccount): Promise<FileLogin | null> {
    return this.#loginOf(stored, await this.#deps.file.read());
  }

  /** After the issuer refused `tried`: whatever else the file holds for this account is worth a try. */
  async otherTokens(stored: StoredAccount, tried: TokenRecord): Promise<TokenRecord | null> {
    const login = await this.look(stored);
    return login && login.standing !== 'behind' && login.tokens.refreshToken !== tried.refreshToken ? login.tokens : null;
  }

  /** Notes which token both hold, or brings the file up to a renewal of ours if the person agreed to that. Never rejects. */
  async level(id: AccountId): Promise<void> {
    const stored = this.#deps.pool.find(id);
    const login = stored && await this.look(stored);
    if (!stored || !login) return;
    if (login.standing === 'same') return this.#noteShared(stored);
    if (login.standing === 'behind') await this.#writeBack(stored, login);
  }

  #loginOf(stored: StoredAccount, auth: CodexAuth): FileLogin | null {
    if (auth.state !== 'login' || !auth.account || auth.account.tokens.refreshToken === null || identityOf(auth.account) !== identityOf(stored.account)) return null;
    const { tokens: theirs } = auth.account;
    const { tokens: ours } = stored;
    const tokens = {
      ...theirs, idToken: theirs.idToken ?? ours.idToken, apiKey: theirs.apiKey ?? ours.apiKey,
      lastRefresh: theirs.lastRefresh > 0 ? theirs.lastRefresh : Math.floor(this.#deps.clock.now() / 1000),
    };
    return { standing: standingOf(stored, theirs), text: auth.text, tokens };
  }

  #noteShared({ account, tokens, state }: StoredAccount): void {
    const codexTokenHash = hashOf(tokens);
    if (state.codexTokenHash !== codexTokenHash) this.#deps.pool.note(account.id, { codexTokenHash });
  }

  async #writeBack(stored: StoredAccount, login: FileLogin): Promise<void> {
    const { account, tokens } = stored;
    if (!account.codexShared) {
      return this.#sayOnce(account.id, `Codex CLI still holds the login of ${account.label} from before it was renewed, and will be refused with it. Use this account in Codex CLI anew, or let CodexManager keep its auth.json in step.`);
    }
    const text = withTokens(login.text, tokens);
    if (text === null) return;
    try {
      await this.#deps.file.write(text, login.text);
      this.#said.delete(account.id);
      this.#noteShared(stored);
    } catch (thrown) {
      this.#sayOnce(account.id, `The renewed login of ${account.label} could not be handed to Codex CLI: ${AppError.from(thrown).message}`);
    }
  }

  #sayOnce(id: AccountId, message: string): void {
    if (this.#said.get(id) === message) return;
    this.#said.set(id, message);
    this.#deps.log('warn', message);
  }
}

function standingOf(stored: StoredAccount, theirs: TokenRecord): Standing {
  const { tokens: ours } = stored;
  if (theirs.refreshToken === ours.refreshToken) return 'same';
  if (hashOf(theirs) === ours.replacedHash) return 'behind';
  return isLater(theirs, stored) && mayTake(stored) ? 'ahead' : 'other';
}

/** By the end of the access tokens where both say it, else by when they were renewed. Within one second, a file that held ours before holds a later one now. */
function isLater(theirs: TokenRecord, { tokens: ours, state }: StoredAccount): boolean {
  if (theirs.accessExpiresAt !== null && ours.accessExpiresAt !== null && theirs.accessExpiresAt !== ours.accessExpiresAt) return theirs.accessExpiresAt > ours.accessExpiresAt;
  return theirs.lastRefresh === ours.lastRefresh ? state.codexTokenHash === hashOf(ours) : theirs.lastRefresh > ours.lastRefresh;
}

/**
 * A login that Codex CLI made for itself is not ours to take while our own works: two holders would end it. It is when the person agreed, when ours is
 * dead, or when the file was seen with the token we hold, which Codex CLI then spent.
 */
function mayTake({ account, tokens, state }: StoredAccount): boolean {
  return account.codexShared || state.needsLogin !== null || tokens.refreshToken === null || hashOf(tokens) === state.codexTokenHash;
}

function hashOf({ refreshToken }: TokenRecord): string | null {
  return refreshToken === null ? null : createHash('sha256').update(refreshToken).digest('hex');
}
