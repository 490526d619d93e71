import { randomBytes } from 'node:crypto';
import { AccountId } from '../../contract/account.ts';
import type { Handlers, ImportFailure } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import { freshState, type StoredAccount, type TokenRecord } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import { parseImport, type ImportedAccount } from '../../core/importAccounts.ts';
import type { AccountPool } from '../accountPool.ts';

type AccountHandlers = Pick<Handlers, 'account/list' | 'account/import' | 'account/update' | 'account/delete'>;

/** As many accounts go into one transaction. */
const batchSize = 200;
/** As many failures are listed; all are counted. */
const mostErrors = 50;

export function accountHandlers(pool: AccountPool, clock: Clock): AccountHandlers {
  return {
    'account/list': () => Promise.resolve({ items: pool.view() }),
    'account/import': ({ contents, content }) => importAccounts(pool, clock, textsOf(contents, content)),
    'account/update': async ({ accountId, ...patch }) => {
      if (!(await pool.update(accountId, patch))) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      return { ok: true };
    },
    'account/delete': async ({ accountId }) => {
      await pool.delete(accountId);
      return { ok: true };
    },
  };
}

function textsOf(contents: readonly unknown[] | undefined, content: string | null | undefined): string[] {
  const texts = (contents ?? []).filter((text) => typeof text === 'string');
  return content && content.trim() !== '' ? [...texts, content] : texts;
}

/** Takes what can be taken, in durable batches; what cannot is told with its place and reason. */
async function importAccounts(pool: AccountPool, clock: Clock, texts: readonly string[]): ReturnType<AccountHandlers['account/import']> {
  const errors: ImportFailure[] = [];
  const tally = { total: 0, created: 0, updated: 0, failed: 0 };
  const batch = new ImportBatch(pool, Math.floor(clock.now() / 1000));
  for (const [file, text] of texts.entries()) {
    for (const item of parseImport(text)) {
      tally.total += 1;
      if (item.ok) {
        tally[batch.add(item, tally.total)] += 1;
        if (batch.size >= batchSize) await batch.save();
        continue;
      }
      tally.failed += 1;
      const where = texts.length > 1 ? `file ${file + 1}, ${item.position}` : item.position;
      if (errors.length < mostErrors) errors.push({ index: tally.total, message: `${where}: ${item.reason}` });
    }
  }
  await batch.save();
  return { ...tally, errors };
}

/** Accounts on their way into the pool. Someone known by identity is updated and keeps what a person set. */
class ImportBatch {
  readonly #pool: AccountPool;
  readonly #now: number;
  readonly #pending = new Map<string, StoredAccount>();
  #sort: number;

  constructor(pool: AccountPool, now: number) {
    this.#pool = pool;
    this.#now = now;
    this.#sort = Math.max(-1, ...pool.list().map(({ account }) => account.sort));
  }

  get size(): number {
    return this.#pending.size;
  }

  add(item: ImportedAccount, sequence: number): 'created' | 'updated' {
    const identity = JSON.stringify([item.subject, item.chatgptAccountId]);
    const known = this.#pending.get(identity) ?? this.#pool.findByIdentity(item.subject, item.chatgptAccountId);
    this.#pending.set(identity, known ? this.#updated(known, item) : this.#created(item, sequence));
    return known ? 'updated' : 'created';
  }

  async save(): Promise<void> {
    if (this.#pending.size === 0) return;
    await this.#pool.save([...this.#pending.values()]);
    this.#pending.clear();
  }

  #created(item: ImportedAccount, sequence: number): StoredAccount {
    this.#sort += 1;
    return {
      account: {
        id: AccountId.parse(`acc_${randomBytes(8).toString('hex')}`),
        subject: item.subject, chatgptAccountId: item.chatgptAccountId, email: item.email, plan: item.plan,
        label: item.email ?? `Imported account ${String(sequence).padStart(4, '0')}`,
        groupName: 'IMPORT', sort: this.#sort, enabled: true, createdAt: this.#now, updatedAt: this.#now,
      },
      tokens: this.#stamped(item.tokens),
      state: freshState,
    };
  }

  #updated({ account, tokens, state }: StoredAccount, item: ImportedAccount): StoredAccount {
    const keep = state.needsLogin === null && isOlder(item.tokens, tokens);
    return {
      account: { ...account, email: item.email ?? account.email, plan: item.plan ?? account.plan, updatedAt: this.#now },
      tokens: keep ? { ...tokens, apiKey: item.tokens.apiKey ?? tokens.apiKey } : { ...this.#stamped(item.tokens), apiKey: item.tokens.apiKey ?? tokens.apiKey },
      state: { ...state, needsLogin: null, blocked: null },
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
