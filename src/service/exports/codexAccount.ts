import type { StoredAccount } from '../../core/records.ts';
import { parseImport } from '../../core/importAccounts.ts';
import type { AccountPool } from '../accountPool.ts';
import type { CodexAuth } from '../codexAuthFile.ts';

/** The account of the pool that Codex CLI uses; `holds` when the file has the very tokens that we have. */
export interface CodexAccount { readonly account: StoredAccount['account']; readonly holds: boolean }

/** Null when Codex CLI uses none of ours. A personal token says nothing of its owner: it is known by itself. */
export function codexAccount(pool: AccountPool, auth: CodexAuth): CodexAccount | null {
  if (auth.state === 'personalToken') {
    const [item] = parseImport(auth.text);
    const token = item?.ok ? item.tokens.accessToken : item?.personalToken?.token;
    const stored = pool.list().find(({ tokens }) => tokens.accessToken === token);
    return stored ? { account: stored.account, holds: true } : null;
  }
  const stored = auth.state === 'login' && auth.account ? pool.findByIdentity(auth.account) : undefined;
  return stored && auth.state === 'login' ? { account: stored.account, holds: stored.tokens.refreshToken !== null && stored.tokens.refreshToken === auth.account?.tokens.refreshToken } : null;
}
