import * as z from 'zod/mini';
import { AppError } from '../core/appError.ts';
import { KeyId, ProtocolType } from '../contract/platformKey.ts';
import type { KeyRecord, KeySet } from '../core/records.ts';
import { readLimits } from '../core/keyLimits.ts';
import type { Database } from './database.ts';
import type { SecretBox } from './secretBox.ts';

const text = z.nullable(z.string());
const KeyRow = z.object({
  id: KeyId, name: text, hash: z.string(), enabled: z.number(), protocol_type: ProtocolType, model_slug: text, reasoning_effort: text, created_at: z.number(), last_used_at: z.nullable(z.number()),
  account_groups: text, account_plans: text, limits: text, note: text, expires_at: z.nullable(z.number()),
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
    return this.#database.all('SELECT id, name, hash, enabled, protocol_type, model_slug, reasoning_effort, created_at, last_used_at, account_groups, account_plans, limits, note, expires_at FROM platform_keys', []).map((row) => {
      const key = KeyRow.parse(row);
      return {
        id: key.id, name: key.name, hash: key.hash, enabled: key.enabled !== 0, protocolType: key.protocol_type, modelSlug: key.model_slug, reasoningEffort: key.reasoning_effort,
        accountGroups: readNames(key.account_groups), accountPlans: readNames(key.account_plans), note: key.note, limits: key.limits === null ? null : readLimits(parse(key.limits)), expiresAt: key.expires_at, createdAt: key.created_at, lastUsedAt: key.last_used_at,
      };
    });
  }

  create(key: KeyRecord, secret: string): void {
    this.#database.change('INSERT INTO platform_keys (id, name, hash, secret, enabled, protocol_type, model_slug, reasoning_effort, created_at, last_used_at, account_groups, account_plans, limits, note, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [key.id, key.name, key.hash, this.#box.seal(secret, placeOf(key.id)), Number(key.enabled), key.protocolType, key.modelSlug, key.reasoningEffort, key.createdAt, key.lastUsedAt,
        jsonText(key.accountGroups), jsonText(key.accountPlans), jsonText(key.limits), key.note, key.expiresAt]);
  }

  /** What a person sets. False when there is no such key. */
  update(id: KeyId, set: KeySet): boolean {
    return this.#database.change('UPDATE platform_keys SET name = ?, note = ?, model_slug = ?, reasoning_effort = ?, protocol_type = ?, account_groups = ?, account_plans = ?, limits = ?, expires_at = ? WHERE id = ?',
      [set.name, set.note, set.modelSlug, set.reasoningEffort, set.protocolType, jsonText(set.accountGroups), jsonText(set.accountPlans), jsonText(set.limits), set.expiresAt, id]) > 0;
  }

  /** False when there is no such key. */
  replaceSecret(id: KeyId, hash: string, secret: string): boolean {
    return this.#database.change('UPDATE platform_keys SET hash = ?, secret = ? WHERE id = ?', [hash, this.#box.seal(secret, placeOf(id)), id]) > 0;
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
  return json === null ? null : Names.parse(parse(json));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function jsonText(value: object | null): string | null {
  return value && JSON.stringify(value);
}

function placeOf(id: KeyId): string {
  return `platform_keys/${id}/secret`;
}
