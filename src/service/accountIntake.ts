import { hash, randomBytes } from 'node:crypto';
import { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { ImportedAccount } from '../core/importAccounts.ts';
import { readClaims } from '../core/jwtClaims.ts';
import { freshState, type StoredAccount, type TokenRecord } from '../core/records.ts';
import { identityOf, type AccountPool } from './accountPool.ts';
import type { Arrival } from './arrival.ts';

export interface IntakeOptions {
  /** Group of accounts that are new and bring none along. */
  readonly groupName: string | null;
  /** A login that was made just now counts for more than whatever is stored; a file may be older than what is stored. */
  readonly source: 'login' | 'file';
  /** The refresh token in Codex CLI's `auth.json`, when the person agreed that its account is kept in step with that file. */
  readonly shared?: string | null;
}

/** What becomes of one account on its way into the pool. `reason` says why it is skipped. */
export interface Planned {
  readonly action: 'create' | 'update' | 'skip';
  readonly reason: string | null;
  readonly stored: StoredAccount;
}

/**
 * Accounts on their way into the pool. Someone known by identity is updated and keeps what a person set; nothing is stored before save(), which is
 * durable, all or none.
 */
export class AccountIntake {
  readonly #pool: AccountPool;
  readonly #now: number;
  readonly #options: IntakeOptions;
  readonly #pending = new Map<string, Arrival>();
  /** The highest sort so far; -Infinity while there is no account at all. */
  #sort: number;
  #sequence = 0;

  constructor(pool: AccountPool, clock: Clock, options: IntakeOptions) {
    this.#pool = pool;
    this.#now = Math.floor(clock.now() / 1000);
    this.#options = options;
    this.#sort = pool.list().reduce((highest, { account }) => Math.max(highest, account.sort), -Infinity);
  }

  /** How many accounts wait for save(). */
  get size(): number {
    return this.#pending.size;
  }

  add(item: ImportedAccount): Planned {
    this.#sequence += 1;
    const identity = identityOf(item);
    const pending = this.#pending.get(identity);
    const base = pending ? pending.base : (this.#pool.findByIdentity(item) ?? null);
    const known = pending?.planned ?? base;
    const planned = this.#share(known ? this.#meet(known, item) : this.#create(item));
    if (planned.action !== 'skip') this.#pending.set(identity, { planned: planned.stored, base });
    return planned;
  }

  /** The account of the pool that add() would change; null when it would make a new one or change nothing. */
  wouldChange(item: ImportedAccount): AccountId | null {
    const known = this.#pool.findByIdentity(item);
    return known && this.#share(this.#meet(known, item)).action === 'update' ? known.account.id : null;
  }

  /** Resolves to the accounts that were stored, as they are now. */
  async save(): Promise<StoredAccount[]> {
    if (this.#pending.size === 0) return [];
    const stored = await this.#pool.take([...this.#pending.values()]);
    this.#pending.clear();
    return stored;
  }

  #create(item: ImportedAccount): Planned {
    const { personSet } = item;
    const stored: StoredAccount = {
      account: {
        id: AccountId.parse(`acc_${randomBytes(8).toString('hex')}`),
        subject: item.subject, chatgptAccountId: item.chatgptAccountId, email: item.email, plan: item.plan, workspaceName: item.workspaceName, workspaceRole: item.workspaceRole,
        label: personSet.label ?? item.email ?? `Imported account ${String(this.#sequence).padStart(4, '0')}`,
        groupName: personSet.groupName === undefined ? this.#options.groupName : personSet.groupName,
        sort: nextSort(this.#sort, personSet.sort), enabled: personSet.enabled ?? true, tags: personSet.tags ?? [], note: personSet.note ?? null,
        reservePercent: personSet.reservePercent ?? 0, proxyUrl: personSet.proxyUrl ?? null,
        codexShared: false, createdAt: this.#now, updatedAt: this.#now,
      },
      tokens: this.#stamped(item.tokens),
      state: freshState,
    };
    if (item.tokens.accessToken.startsWith('at-') && this.#hasLogin(item)) return { action: 'skip', reason: 'the same person\'s full login for this workspace is there already', stored };
    this.#sort = stored.account.sort;
    return { action: 'create', reason: null, stored };
  }

  /** Someone who is there already. */
  #meet(known: StoredAccount, item: ImportedAccount): Planned {
    const apiKey = item.tokens.apiKey ?? known.tokens.apiKey;
    if (this.#options.source === 'login') return this.#updated(known, item, { ...this.#stamped(item.tokens), apiKey });
    const same = isSame(item.tokens, known.tokens);
    if (known.state.needsLogin !== null) return same ? skip(known, 'these are the tokens that were refused') : this.#updated(known, item, { ...this.#stamped(item.tokens), apiKey });
    const keep = same ? 'it is there already, unchanged' : reasonToKeep(known.tokens, item.tokens);
    if (keep === null) return this.#updated(known, item, { ...this.#stamped(item.tokens), apiKey });
    if (apiKey === known.tokens.apiKey && known.state.blocked === null) return skip(known, keep);
    return this.#updated(known, item, { ...known.tokens, apiKey });
  }

  #updated({ account, state }: StoredAccount, item: ImportedAccount, tokens: TokenRecord): Planned {
    return {
      action: 'update', reason: null,
      stored: {
        account: {
          ...account, email: item.email ?? account.email, plan: item.plan ?? account.plan, workspaceName: item.workspaceName ?? account.workspaceName,
          workspaceRole: item.workspaceRole ?? account.workspaceRole, updatedAt: this.#now,
        },
        tokens, state: { ...state, needsLogin: null, blocked: null },
      },
    };
  }

  /** An account that holds Codex CLI's own login is kept in step with it from now on, also when nothing else about it is new. */
  #share(planned: Planned): Planned {
    const { account, tokens } = planned.stored;
    if (!this.#options.shared || tokens.refreshToken !== this.#options.shared || account.codexShared) return planned;
    return { action: planned.action === 'skip' ? 'update' : planned.action, reason: null, stored: { ...planned.stored, account: { ...account, codexShared: true, updatedAt: this.#now } } };
  }

  /** Whether a person (`chatgpt_user_id`) is in the pool, in this workspace, with a login that can be renewed. */
  #hasLogin({ subject, chatgptAccountId }: ImportedAccount): boolean {
    const theirs = ({ account, tokens }: StoredAccount): boolean => account.chatgptAccountId === chatgptAccountId && tokens.refreshToken !== null && userIdOf(tokens) === subject;
    return this.#pool.list().some(theirs) || [...this.#pending.values()].some(({ planned }) => theirs(planned));
  }

  #stamped(tokens: TokenRecord): TokenRecord {
    return tokens.lastRefresh > 0 ? tokens : { ...tokens, lastRefresh: this.#now };
  }
}

function skip(stored: StoredAccount, reason: string): Planned {
  return { action: 'skip', reason, stored };
}

/** At the end; an export's own sort is kept where there is room for it. */
function nextSort(highest: number, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(highest + 1, wanted);
  return Number.isFinite(highest) ? highest + 1 : 0;
}

/**
 * Why a login that works is not replaced by a file's. One from before our last refresh holds a refresh token that is already spent, and one without a
 * refresh token ends soon: taking either would log the person out.
 */
function reasonToKeep(stored: TokenRecord, imported: TokenRecord): string | null {
  if (stored.refreshToken !== null && imported.refreshToken === null) return 'the stored login can be renewed, this one cannot';
  const older = imported.accessExpiresAt !== null && stored.accessExpiresAt !== null ? imported.accessExpiresAt < stored.accessExpiresAt : imported.lastRefresh > 0 && imported.lastRefresh < stored.lastRefresh;
  const replaced = imported.refreshToken !== null && stored.replacedHash === hash('sha256', imported.refreshToken, 'hex');
  return older || replaced ? 'the stored login is newer' : null;
}

/** The refresh token alone makes a login what it is. */
function isSame(imported: TokenRecord, stored: TokenRecord): boolean {
  return imported.refreshToken === stored.refreshToken && (imported.refreshToken !== null || imported.accessToken === stored.accessToken);
}

function userIdOf({ idToken, accessToken }: TokenRecord): string | null {
  return (idToken === null ? null : readClaims(idToken)?.chatgptUserId) ?? readClaims(accessToken)?.chatgptUserId ?? null;
}
