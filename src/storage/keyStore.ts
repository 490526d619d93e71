import * as z from 'zod/mini';
import { AppError } from '../core/appError.ts';
import { KeyId, ProtocolType } from '../contract/platformKey.ts';
import type { KeyRecord } from '../core/records.ts';
import type { Database } from './database.ts';
import type { SecretBox } from './secretBox.ts';

const text = z.nullable(z.string());
const KeyRow = z.object({
  id: KeyId, name: text, hash: z.string(), enabled: z.number(), protocol_type: ProtocolType, model_slug: text, reasoning_effort: text, created_at: z.number(), last_used_at: z.nullable(z.number()),
  account_groups: text, account_plans: text,
});
const Names = z.catch(z.nullable(z.array(z.string())), null);

/** Platform keys; their texts encrypted. */
export class KeyStore {
  readonly #database: Database;
  readonly #box: SecretBox;

  constructor(database: Database, box: SecretBox) {
    this.#database = database;
    this.#box = box;
  }

  all(): KeyRecord[] {
    return this.#database.all('SELECT id, name, hash, enabled, protocol_type, model_slug, reasoning_effort, created_at, last_used_at, account_groups, account_plans FROM platform_keys', []).map((row) => {
      const key = KeyRow.parse(row);
      return {
        id: key.id, name: key.name, hash: key.hash, enabled: key.enabled !== 0, protocolType: key.protocol_type, modelSlug: key.model_slug, reasoningEffort: key.reasoning_effort,
        accountGroups: readNames(key.account_groups), accountPlans: readNames(key.account_plans), createdAt: key.created_at, lastUsedAt: key.last_used_at,
      };
    });
  }

  create(key: KeyRecord, secret: string): void {
    this.#database.change('INSERT INTO platform_keys (id, name, hash, secret, enabled, protocol_type, model_slug, reasoning_effort, created_at, last_used_at, account_groups, account_plans) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [key.id, key.name, key.hash, this.#box.seal(secret, placeOf(key.id)), Number(key.enabled), key.protocolType, key.modelSlug, key.reasoningEffort, key.createdAt, key.lastUsedAt,
        namesText(key.accountGroups), namesText(key.accountPlans)]);
  }

  /** Which accounts may serve it. False when there is no such key. */
  setAccounts(id: KeyId, { accountGroups, accountPlans }: Pick<KeyRecord, 'accountGroups' | 'accountPlans'>): boolean {
    return this.#database.change('UPDATE platform_keys SET account_groups = ?, account_plans = ? WHERE id = ?', [namesText(accountGroups), namesText(accountPlans), id]) > 0;
  }

  /** When it was last used, Unix seconds; never earlier than what is known. */
  setLastUsed(id: KeyId, lastUsedAt: number): void {
    this.#database.change('UPDATE platform_keys SET last_used_at = max(ifnull(last_used_at, 0), ?) WHERE id = ?', [lastUsedAt, id]);
  }

  /** False when there is no such key. */
  setEnabled(id: KeyId, enabled: boolean): boolean {
    return this.#database.change('UPDATE platform_keys SET enabled = ? WHERE id = ?', [Number(enabled), id]) > 0;
  }

  delete(id: KeyId): boolean {
    return this.#database.change('DELETE FROM platform_keys WHERE id = ?', [id]) > 0;
  }

  /** The key's text; null when there is no such key. Throws when it cannot be decrypted: the key itself still works, its hash is what counts. */
  readSecret(id: KeyId): string | null {
    const sealed = this.#database.value('SELECT secret FROM platform_keys WHERE id = ?', [id]);
    if (!(sealed instanceof Uint8Array)) return null;
    const secret = this.#box.open(sealed, placeOf(id));
    if (secret === null) throw new AppError('dataKeyMissing', 'The text of this platform key cannot be decrypted. It still works where it is in use; to copy a key, create a new one.');
    return secret;
  }
}

function readNames(json: string | null): string[] | null {
  try {
    return json === null ? null : Names.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

function namesText(names: readonly string[] | null): string | null {
  return names && JSON.stringify(names);
}

function placeOf(id: KeyId): string {
  return `platform_keys/${id}/secret`;
}
