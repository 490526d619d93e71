import { randomBytes } from 'node:crypto';
import { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { ImportedAccount } from '../core/importAccounts.ts';
import { freshState, type StoredAccount, type TokenRecord } from '../core/records.ts';
import { identityOf, type AccountPool } from './accountPool.ts';

export interface IntakeOptions {
  /** Group of accounts that are new and bring none along. */
  readonly groupName: string | null;
  /** A login that was made just now counts for more than whatever is stored; a file may be older than what is stored. */
  readonly source: 'login' | 'file';
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
  readonly #pending = new Map<string, StoredAccount>();
  #sort: number;
  #sequence = 0;

  constructor(pool: AccountPool, clock: Clock, options: IntakeOptions) {
    this.#pool = pool;
    this.#now = Math.floor(clock.now() / 1000);
    this.#options = options;
    this.#sort = pool.list().reduce((highest, { account }) => Math.max(highest, account.sort), -1);
  }

  /** How many accounts wait for save(). */
  get size(): number {
    return this.#pending.size;
  }

  add(item: ImportedAccount): Planned {
    this.#sequence += 1;
    const identity = identityOf(item);
    const known = this.#pending.get(identity) ?? this.#pool.findByIdentity(item);
    const planned = known ? this.#update(known, item) : { action: 'create' as const, reason: null, stored: this.#create(item) };
    if (planned.action !== 'skip') this.#pending.set(identity, planned.stored);
    return planned;
  }

  async save(): Promise<void> {
    if (this.#pending.size === 0) return;
    await this.#pool.save([...this.#pending.values()]);
    this.#pending.clear();
  }

  #create(item: ImportedAccount): StoredAccount {
    this.#sort += 1;
    const { personSet } = item;
    return {
      account: {
        id: AccountId.parse(`acc_${randomBytes(8).toString('hex')}`),
        subject: item.subject, chatgptAccountId: item.chatgptAccountId, email: item.email, plan: item.plan, workspaceName: item.workspaceName, workspaceRole: item.workspaceRole,
        label: personSet.label ?? item.email ?? `Imported account ${String(this.#sequence).padStart(4, '0')}`,
        groupName: personSet.groupName === undefined ? this.#options.groupName : personSet.groupName,
        sort: this.#sort, enabled: personSet.enabled ?? true, tags: personSet.tags ?? [], note: personSet.note ?? null,
        codexShared: false, createdAt: this.#now, updatedAt: this.#now,
      },
      tokens: this.#stamped(item.tokens),
      state: freshState,
    };
  }

  #update(known: StoredAccount, item: ImportedAccount): Planned {
    const { account, tokens, state } = known;
    const apiKey = item.tokens.apiKey ?? tokens.apiKey;
    if (this.#options.source === 'file' && state.needsLogin === null) {
      const keep = isOlder(item.tokens, tokens) ? 'the stored login is newer' : isSame(item.tokens, tokens) ? 'it is there already, unchanged' : null;
      if (keep !== null && apiKey === tokens.apiKey && state.blocked === null) return { action: 'skip', reason: keep, stored: known };
      if (keep !== null) return this.#updated(known, item, { ...tokens, apiKey });
    }
    return this.#updated({ account, tokens, state }, item, { ...this.#stamped(item.tokens), apiKey });
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

  #stamped(tokens: TokenRecord): TokenRecord {
    return tokens.lastRefresh > 0 ? tokens : { ...tokens, lastRefresh: this.#now };
  }
}

/** A file from before our last refresh holds a refresh token that is already spent: taking it would log the person out. */
function isOlder(imported: TokenRecord, stored: TokenRecord): boolean {
  return imported.accessExpiresAt !== null && stored.accessExpiresAt !== null && imported.accessExpiresAt < stored.accessExpiresAt;
}

function isSame(imported: TokenRecord, stored: TokenRecord): boolean {
  return imported.accessToken === stored.accessToken && imported.refreshToken === stored.refreshToken && imported.idToken === stored.idToken;
}
