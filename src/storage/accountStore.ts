import * as z from 'zod/mini';
import { AccountId } from '../contract/account.ts';
import type { AccountRecord, AccountState, StoredAccount, TokenRecord } from '../core/records.ts';
import { readAccountState } from './accountState.ts';
import type { Database } from './database.ts';
import type { SecretBox } from './secretBox.ts';

const text = z.nullable(z.string());
const blob = z.nullable(z.instanceof(Uint8Array));
const AccountRow = z.object({
  id: AccountId, subject: z.string(), chatgpt_account_id: text, email: text, plan: text, label: z.string(), group_name: text, sort: z.number(), enabled: z.number(),
  created_at: z.number(), updated_at: z.number(), id_token: blob, access_token: blob, refresh_token: blob, api_key: blob,
  access_expires_at: z.nullable(z.number()), last_refresh: z.nullable(z.number()), replaced_hash: text, state: text,
  tags: z.string(), note: text, workspace_name: text, workspace_role: text, codex_shared: z.number(), reserve_percent: z.number(), proxy_url: blob,
});
const Tags = z.catch(z.array(z.string()), []);
type AccountRow = z.infer<typeof AccountRow>;

type TokenColumn = 'id_token' | 'access_token' | 'refresh_token' | 'api_key';

/** Accounts, their tokens (encrypted) and what was learnt about them. */
export class AccountStore {
  readonly #database: Database;
  readonly #box: SecretBox;

  constructor(database: Database, box: SecretBox) {
    this.#database = database;
    this.#box = box;
  }

  /** Every account. One whose tokens cannot be decrypted is there all the same, and needs a new login. */
  all(): StoredAccount[] {
    const rows = this.#database.all(`SELECT a.*, t.id_token, t.access_token, t.refresh_token, t.api_key, t.access_expires_at, t.last_refresh, t.replaced_hash, s.state
      FROM accounts a LEFT JOIN tokens t ON t.account_id = a.id LEFT JOIN account_state s ON s.account_id = a.id ORDER BY a.sort, a.created_at, a.id`, []);
    return rows.map((row) => this.#read(AccountRow.parse(row)));
  }

  save({ account, tokens, state }: StoredAccount): void {
    this.#database.change(`INSERT INTO accounts (id, subject, chatgpt_account_id, email, plan, label, group_name, sort, enabled, created_at, updated_at, tags, note, workspace_name, workspace_role, codex_shared,
      reserve_percent, proxy_url) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, chatgpt_account_id = excluded.chatgpt_account_id, email = excluded.email,
      plan = excluded.plan, label = excluded.label, group_name = excluded.group_name, sort = excluded.sort, enabled = excluded.enabled, updated_at = excluded.updated_at, tags = excluded.tags,
      note = excluded.note, workspace_name = excluded.workspace_name, workspace_role = excluded.workspace_role, codex_shared = excluded.codex_shared,
      reserve_percent = excluded.reserve_percent, proxy_url = excluded.proxy_url`,
    [account.id, account.subject, account.chatgptAccountId, account.email, account.plan, account.label, account.groupName, account.sort, Number(account.enabled), account.createdAt, account.updatedAt,
      JSON.stringify(account.tags), account.note, account.workspaceName, account.workspaceRole, Number(account.codexShared),
      account.reservePercent, this.#sealProxy(account)]);
    this.saveTokens(account.id, tokens);
    this.saveState(account.id, state);
  }

  /** False when there is no such account. */
  update(account: AccountRecord): boolean {
    return this.#database.change(`UPDATE accounts SET email = ?, plan = ?, label = ?, group_name = ?, sort = ?, enabled = ?, updated_at = ?, tags = ?, note = ?, workspace_name = ?, workspace_role = ?,
      codex_shared = ?, reserve_percent = ?, proxy_url = ? WHERE id = ?`, [account.email, account.plan, account.label, account.groupName, account.sort, Number(account.enabled), account.updatedAt, JSON.stringify(account.tags), account.note,
      account.workspaceName, account.workspaceRole, Number(account.codexShared), account.reservePercent, this.#sealProxy(account), account.id]) > 0;
  }

  /** Tokens and state go with it. False when there is no such account. */
  delete(id: AccountId): boolean {
    return this.#database.change('DELETE FROM accounts WHERE id = ?', [id]) > 0;
  }

  /** An account that was deleted meanwhile stays deleted. */
  saveTokens(id: AccountId, tokens: TokenRecord): void {
    if (!this.#exists(id)) return;
    this.#database.change(`INSERT INTO tokens (account_id, id_token, access_token, refresh_token, api_key, access_expires_at, last_refresh, replaced_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account_id) DO UPDATE SET id_token = excluded.id_token, access_token = excluded.access_token, refresh_token = excluded.refresh_token, api_key = excluded.api_key,
      access_expires_at = excluded.access_expires_at, last_refresh = excluded.last_refresh, replaced_hash = excluded.replaced_hash`,
    [id, this.#seal(id, 'id_token', tokens.idToken), this.#seal(id, 'access_token', tokens.accessToken), this.#seal(id, 'refresh_token', tokens.refreshToken), this.#seal(id, 'api_key', tokens.apiKey), tokens.accessExpiresAt, tokens.lastRefresh, tokens.replacedHash]);
  }

  saveState(id: AccountId, state: AccountState): void {
    if (this.#exists(id)) this.#database.change('INSERT INTO account_state (account_id, state) VALUES (?, ?) ON CONFLICT (account_id) DO UPDATE SET state = excluded.state', [id, JSON.stringify(state)]);
  }

  #exists(id: AccountId): boolean {
    return this.#database.first('SELECT 1 FROM accounts WHERE id = ?', [id]) !== undefined;
  }

  #seal(id: AccountId, column: TokenColumn, value: string | null): Uint8Array | null {
    return value === null ? null : this.#box.seal(value, placeOf(id, column));
  }

  #sealProxy({ id, proxyUrl }: AccountRecord): Uint8Array | null {
    return proxyUrl === null ? null : this.#box.seal(proxyUrl, proxyPlace(id));
  }

  #open(row: AccountRow, column: TokenColumn): string | null {
    const sealed = row[column];
    return sealed === null ? null : this.#box.open(sealed, placeOf(row.id, column));
  }

  #read(row: AccountRow): StoredAccount {
    const accessToken = this.#open(row, 'access_token');
    const refreshToken = this.#open(row, 'refresh_token');
    const state = readAccountState(row.state);
    const unreadable = accessToken === null || (row.refresh_token !== null && refreshToken === null);
    return {
      account: {
        id: row.id, subject: row.subject, chatgptAccountId: row.chatgpt_account_id, email: row.email, plan: row.plan, label: row.label, groupName: row.group_name,
        sort: row.sort, enabled: row.enabled !== 0, createdAt: row.created_at, updatedAt: row.updated_at,
        tags: readTags(row.tags), note: row.note, workspaceName: row.workspace_name, workspaceRole: row.workspace_role, codexShared: row.codex_shared !== 0,
        reservePercent: row.reserve_percent, proxyUrl: row.proxy_url === null ? null : this.#box.open(row.proxy_url, proxyPlace(row.id)),
      },
      tokens: { idToken: this.#open(row, 'id_token'), accessToken: accessToken ?? '', refreshToken, apiKey: this.#open(row, 'api_key'), accessExpiresAt: row.access_expires_at, lastRefresh: row.last_refresh ?? 0, replacedHash: row.replaced_hash },
      state: unreadable ? { ...state, needsLogin: 'tokens_unreadable' } : state,
    };
  }
}

function placeOf(id: AccountId, column: TokenColumn): string {
  return `tokens/${id}/${column}`;
}

function proxyPlace(id: AccountId): string {
  return `accounts/${id}/proxy_url`;
}

function readTags(json: string): string[] {
  try {
    return Tags.parse(JSON.parse(json));
  } catch {
    return [];
  }
}
