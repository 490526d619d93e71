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
    // Marked before it is written: a login in two places that nobody keeps in step is dead at its second renewal. A personal token is never renewed.
    const mark = stored.tokens.refreshToken !== null && !stored.account.codexShared;
    if (mark) await deps.pool.update(new Map([[accountId, { codexShared: true }]]));
    const backup = await writeLogin(deps, stored).catch(async (thrown: unknown) => {
      if (mark) await deps.pool.update(new Map([[accountId, { codexShared: false }]]));
      throw thrown;
    });
    await deps.pool.update(notShared(deps.pool, accountId));
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

/** Codex CLI holds one login: that of no other account any more. */
function notShared(pool: AccountPool, holder: AccountId): Map<AccountId, AccountPatch> {
  const others = pool.list().filter(({ account }) => account.codexShared && account.id !== holder);
  return new Map(others.map(({ account }) => [account.id, { codexShared: false }]));
}
