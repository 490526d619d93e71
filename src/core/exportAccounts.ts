import type { StoredAccount } from './records.ts';
import { isPersonalToken } from './personalToken.ts';

/**
 * An account as a file: Codex CLI's `auth.json`, with what a person set in a member `codexmanager`, which Codex CLI passes over. `sort` is its place among
 * the accounts it is exported with. Null when its tokens cannot be read.
 */
export function exportedAccount({ account, tokens }: StoredAccount, sort: number): Record<string, unknown> | null {
  if (tokens.accessToken === '') return null;
  const { label, groupName, tags, note, enabled, subject, chatgptAccountId, email, plan, workspaceName, workspaceRole, reservePercent, proxyUrl } = account;
  return { ...codexLogin({ account, tokens }), codexmanager: { label, groupName, sort, tags, note, enabled, subject, chatgptAccountId, email, plan, workspaceName, workspaceRole, ...(reservePercent > 0 && { reservePercent }), ...(proxyUrl !== null && { proxyUrl }) } };
}

/** The members of Codex CLI's `auth.json` that are a login: these, and no others, are replaced by another login. */
export const loginMembers: readonly string[] = ['auth_mode', 'OPENAI_API_KEY', 'tokens', 'last_refresh', 'personal_access_token', 'agent_identity'];

/** An account's login as Codex CLI itself would write it. */
export function codexLogin({ account, tokens }: Pick<StoredAccount, 'account' | 'tokens'>): Record<string, unknown> {
  const last_refresh = tokens.lastRefresh > 0 ? new Date(tokens.lastRefresh * 1000).toISOString() : null;
  if (isPersonalToken(tokens.accessToken)) return { OPENAI_API_KEY: null, personal_access_token: tokens.accessToken, last_refresh };
  return {
    auth_mode: 'chatgpt', OPENAI_API_KEY: tokens.apiKey,
    tokens: { id_token: tokens.idToken, access_token: tokens.accessToken, refresh_token: tokens.refreshToken, account_id: account.chatgptAccountId },
    last_refresh,
  };
}

/** Accounts in the order of the pool, each with a sort of its own: two that share one keep their order on the way back. */
export function withSorts(accounts: readonly StoredAccount[]): { readonly stored: StoredAccount; readonly sort: number }[] {
  let last = -Infinity;
  return accounts.map((stored) => {
    last = Math.max(last + 1, stored.account.sort);
    return { stored, sort: last };
  });
}

/** A file name for an account, without its ending: readable, the same on every system, never hidden. */
export function fileNameOf(label: string): string {
  const name = label.normalize('NFC').replaceAll(/[^\p{L}\p{N}@._+ -]/gu, '_').replace(/^[. _-]+/, '').slice(0, 100).replace(/[. ]+$/, '');
  return name === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ? `account${name === '' ? '' : `-${name}`}` : name;
}
