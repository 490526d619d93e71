import type { AccountId } from '../contract/account.ts';
import type { Log } from '../core/logger.ts';
import type { TokenRecord } from '../core/records.ts';
import type { AccountPool } from './accountPool.ts';

/** Brings renewed tokens to the disk. When it refuses they are used from memory, because they are the only copy, and saved as soon as it works again. */
export class TokenSaver {
  readonly #pool: AccountPool;
  readonly #log: Log;
  readonly #unsaved = new Set<AccountId>();

  constructor(pool: AccountPool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Accounts whose tokens are in memory only. */
  get unsaved(): readonly AccountId[] {
    return [...this.#unsaved];
  }

  async save(id: AccountId, tokens: TokenRecord): Promise<void> {
    try {
      await this.#pool.setTokens(id, tokens);
      this.#unsaved.delete(id);
    } catch (thrown) {
      this.#pool.holdTokens(id, tokens);
      if (this.#unsaved.has(id)) return;
      this.#unsaved.add(id);
      this.#log('error', `The renewed login of ${this.#nameOf(id)} could not be saved (${thrown instanceof Error ? thrown.message : 'unknown cause'}). It works from memory, and is saved as soon as the disk takes it: do not end CodexManager before.`);
    }
  }

  /** One more try; nothing else may change this account's tokens meanwhile. */
  async saveAgain(id: AccountId): Promise<void> {
    const stored = this.#pool.find(id);
    if (stored) await this.save(id, stored.tokens);
    else this.#unsaved.delete(id);
    if (stored && !this.#unsaved.has(id)) this.#log('info', `The renewed login of ${stored.account.label} is saved now.`);
  }

  #nameOf(id: AccountId): string {
    return this.#pool.find(id)?.account.label ?? id;
  }
}
