import type { ImportStart, ImportStatus } from '../../../src/contract/importJob.ts';
import type { Account } from '../../../src/contract/account.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import type { RpcClient } from '../../../src/rpc/client.ts';

export interface LoginOptions {
  /** Unix seconds at which the access token ends. */
  readonly exp?: number;
  readonly refreshToken?: string | null;
  readonly apiKey?: string | null;
  /** As long as real tokens are. */
  readonly padding?: string;
}

/** The `auth.json` of an account nobody has: `NAME@example.com` in the workspace `acc-NAME`. */
export function authFile(name: string, { exp = 2_000_000_000, refreshToken = `rt_${name}_planted`, apiKey = null, padding = '' }: LoginOptions = {}): Record<string, unknown> {
  const auth = { chatgpt_account_id: `acc-${name}`, chatgpt_plan_type: 'plus', chatgpt_user_id: `user-${name}` };
  return {
    auth_mode: 'chatgpt', OPENAI_API_KEY: apiKey,
    tokens: {
      id_token: mintJwt({ sub: `auth0|${name}`, email: `${name}@example.com`, exp, padding, 'https://api.openai.com/auth': auth }),
      access_token: mintJwt({ sub: `auth0|${name}`, exp, padding, 'https://api.openai.com/auth': auth }),
      refresh_token: refreshToken, account_id: `acc-${name}`,
    },
    last_refresh: '2026-11-22T23:43:36.000Z',
  };
}

export const authText = (name: string, options?: LoginOptions): string => JSON.stringify(authFile(name, options));

/** Waits while an import is in one of these states. */
export async function follow(rpc: RpcClient, begun: ImportStatus, ...states: ImportStatus['state'][]): Promise<ImportStatus> {
  let status = begun;
  while (states.includes(status.state)) status = await rpc.call('account/import/status', { importId: status.importId, seenRevision: status.revision, waitMs: 10_000 });
  return status;
}

/** Reads; resolves when there is something to decide, or nothing to do. */
export async function readImport(rpc: RpcClient, start: ImportStart): Promise<ImportStatus> {
  return follow(rpc, await rpc.call('account/import/start', start), 'reading');
}

export async function storeImport(rpc: RpcClient, importId: string, decision: { passphrase?: string; codexShared?: boolean } = {}): Promise<ImportStatus> {
  return follow(rpc, await rpc.call('account/import/commit', { importId, ...decision }), 'storing');
}

/** Both. */
export async function importAll(rpc: RpcClient, start: ImportStart, decision?: { codexShared?: boolean }): Promise<ImportStatus> {
  const ready = await readImport(rpc, start);
  return ready.state === 'ready' ? storeImport(rpc, ready.importId, decision) : ready;
}

export const textSource = (...texts: string[]): ImportStart => ({ sources: texts.map((text, index) => ({ name: `text ${index + 1}`, text })) });

export async function accountsOf(rpc: RpcClient): Promise<Account[]> {
  return (await rpc.call('account/list')).items;
}

export const counts = ({ total, created, updated, skipped, failed }: ImportStatus): number[] => [total, created, updated, skipped, failed];

/** Removes every account. */
export async function wipe(rpc: RpcClient): Promise<void> {
  const accountIds = (await accountsOf(rpc)).map(({ id }) => id);
  if (accountIds.length > 0) await rpc.call('account/deleteMany', { accountIds });
}
