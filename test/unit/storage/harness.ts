import { AccountId } from '../../../src/contract/account.ts';
import { KeyId } from '../../../src/contract/platformKey.ts';
import { freshState, type KeyRecord, type RequestLogRow, type StoredAccount } from '../../../src/core/records.ts';
import type { StoreNotice } from '../../../src/core/store.ts';
import { Database, type DatabaseOptions } from '../../../src/storage/database.ts';
import { loadFileBackedSql } from '../../../src/storage/fileBackedSql.ts';
import { openDatabases, type Databases } from '../../../src/storage/openDatabases.ts';
import type { StorageFs } from '../../../src/storage/storageFs.ts';

export const wasmFile = new URL('../../../node_modules/sql.js/dist/sql-wasm.wasm', import.meta.url).pathname;
export const dbPath = '/data/codexmanager.db';

/** Opens the two databases of a folder on any disk. */
export async function openOn(fs: StorageFs, options: { readonly dbPath?: string; readonly env?: string; readonly secret?: string; readonly notices?: StoreNotice[] } = {}): Promise<Databases> {
  const open = await loadFileBackedSql(wasmFile);
  return openDatabases(
    { dbPath: options.dbPath ?? dbPath, envDataKey: options.env ?? null, secretDataKey: options.secret ?? null },
    { open, fs, now: Date.now(), onNotice: (notice) => options.notices?.push(notice) },
  );
}

export function closeBoth({ main, log, trace }: Databases): void {
  trace.close();
  log.close();
  main.close();
}

/** One database of its own, ready to be written. */
export async function openPlain(fs: StorageFs, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const open = await loadFileBackedSql(wasmFile);
  const database = Database.open({ open, fs, path: '/data/plain.db', synchronous: 'FULL', cacheKiB: 2_000, onForeignAccess: () => undefined, ...options });
  database.settle();
  return database;
}

export function storedAccount(number: number): StoredAccount {
  return {
    account: {
      id: AccountId.parse(`account-${number}`), subject: `auth0|${number}`, chatgptAccountId: `workspace-${number}`, email: `person${number}@example.com`, plan: 'plus',
      label: `Person ${number}`, groupName: null, sort: number, enabled: true, createdAt: 1_764_000_000 + number, updatedAt: 1_764_000_000,
      tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null,
    },
    tokens: {
      idToken: `planted-id-token-${number}`, accessToken: `planted-access-token-${number}`, refreshToken: `planted-refresh-token-${number}`,
      apiKey: `sk-planted-${number}`, accessExpiresAt: 1_765_000_000, lastRefresh: 1_764_000_000, replacedHash: null,
    },
    state: { ...freshState, coolUntil: number },
  };
}

export function platformKey(number: number): KeyRecord {
  return {
    id: KeyId.parse(`gk_${number}`), name: `Key ${number}`, hash: number.toString(16).padStart(64, '0'), enabled: true, protocolType: 'openai_compat', modelSlug: null, accountGroups: null, accountPlans: ['plus'],
    reasoningEffort: null, note: null, limits: null, expiresAt: null, createdAt: 1_764_000_000 + number, lastUsedAt: null,
  };
}

export function requestRow(over: Partial<RequestLogRow> = {}): RequestLogRow {
  return {
    keyId: 'gk_1', accountId: 'account-1', requestPath: '/v1/responses', method: 'POST', model: 'gpt-5.2', reasoningEffort: 'high',
    upstreamUrl: 'https://chatgpt.com/backend-api/codex/responses', statusCode: 200, inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, totalTokens: 120,
    reasoningOutputTokens: 5, estimatedCostUsd: 0.00125, priceVersion: 1, error: null, createdAt: 1_764_000_000, attempts: [{ accountId: 'account-1', status: 200, reason: 'ok', ms: 12, at: 1, firstByteMs: 5 }],
    firstByteMs: 300, durationMs: 2000, traceId: 'trace-1', route: null,
    client: 'codex_cli_rs', dialect: 'responses', modelServed: 'gpt-5.2-2026', cacheWriteTokens: 3, requestBytes: 4_500, responseBytes: 9_000, conversation: 'abcd', ...over,
  };
}

/** Repeatable random numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
