import type { AccountId } from '../../contract/account.ts';
import type { StoredAccount } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import { codexLogin, loginMembers } from '../../core/exportAccounts.ts';
import type { AccountPatch, AccountPool } from '../accountPool.ts';
import type { CodexAuthFile } from '../codexAuthFile.ts';
import type { TokenKeeper } from '../tokenKeeper.ts';
import { codexAccount } from './codexAccount.ts';

export interface UseInCodexDeps {
  readonly pool: AccountPool;
  readonly codexAuth: CodexAuthFile;
  readonly tokens: Pick<TokenKeeper, 'exclusive'>;
}

/**
 * Makes Codex CLI use one account: its login replaces the one in Codex CLI's `auth.json`, of which a copy is kept, and both are kept in step from then on.
 * Rejects with `conflict` when the account has no login to give, or when the file changes under us.
 */
export function useInCodex(deps: UseInCodexDeps, accountId: AccountId): Promise<{ path: string; backup: string | null }> {
  return deps.tokens.exclusive([accountId], async () => {
    const stored = deps.pool.find(accountId);
    if (!stored) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
    const refusal = refusalOf(stored);
    if (refusal !== null) throw new AppError('conflict', refusal);
    const backup = await writeLogin(deps, stored);
    await deps.pool.update(sharedBy(deps.pool, stored));
    return { path: deps.codexAuth.path, backup };
  });
}

function refusalOf({ account, tokens, state }: StoredAccount): string | null {
  if (state.needsLogin !== null || tokens.accessToken === '') return `${account.label} has to be signed in again before Codex CLI can use it.`;
  if (tokens.refreshToken !== null || tokens.accessToken.startsWith('at-')) return null;
  return `${account.label} has no refresh token: Codex CLI could use it only until its access token ends. Sign in to it first.`;
}

/** Resolves to the path of the copy that was kept, null when there was nothing to keep. */
async function writeLogin({ pool, codexAuth }: UseInCodexDeps, stored: StoredAccount): Promise<string | null> {
  const auth = await codexAuth.read();
  if (auth.state === 'unreadable') throw new AppError('conflict', `${auth.reason}. Move it away, then try again.`);
  const before = auth.state === 'none' ? null : auth.text;
  const holder = codexAccount(pool, auth);
  if (holder?.account.id === stored.account.id && holder.holds) return null;
  const backup = before === null ? null : await codexAuth.keepBackup(before);
  await codexAuth.write(`${JSON.stringify({ ...codexLogin(stored), ...othersOf(before) }, null, 2)}\n`, before);
  return backup;
}

/** What the file held beside a login. */
function othersOf(text: string | null): Record<string, unknown> {
  const file = text === null ? {} : JSON.parse(text) as Record<string, unknown>; // read() found an object in it
  return Object.fromEntries(Object.entries(file).filter(([name]) => !loginMembers.includes(name)));
}

/** Codex CLI holds one login: this one, and of no other account any more. A personal token is never renewed, so there is nothing to keep in step. */
function sharedBy(pool: AccountPool, { account, tokens }: StoredAccount): Map<AccountId, AccountPatch> {
  const patches = new Map<AccountId, AccountPatch>();
  for (const { account: other } of pool.list()) if (other.codexShared && other.id !== account.id) patches.set(other.id, { codexShared: false });
  const codexShared = tokens.refreshToken !== null;
  if (account.codexShared !== codexShared) patches.set(account.id, { codexShared });
  return patches;
}
