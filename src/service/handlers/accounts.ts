import type { AccountId } from '../../contract/account.ts';
import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import { proxyForms, readProxyUrl } from '../../core/proxyUrl.ts';
import type { AccountPatch, AccountPool } from '../accountPool.ts';
import { arrange } from '../arrange.ts';

type AccountHandlers = Pick<Handlers, 'account/list' | 'account/update' | 'account/updateMany' | 'account/arrange' | 'account/delete' | 'account/deleteMany'>;

/** The pool as people see and sort it. */
export function accountHandlers(pool: AccountPool): AccountHandlers {
  return {
    'account/list': () => Promise.resolve({ items: pool.view() }),
    'account/update': async ({ accountId, ...change }) => {
      if ((await pool.update(new Map([[accountId, patchOf(change)]]))) === 0) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      return { ok: true };
    },
    'account/updateMany': async ({ accountIds, ...change }) => ({ updated: await pool.update(new Map(accountIds.map((id) => [id, patchOf(change)]))) }),
    'account/arrange': async ({ accountIds, before, groupName }) => ({ updated: await pool.update(arrange(pool.list(), accountIds, before, blankIsNone(groupName))) }),
    'account/delete': async ({ accountId }) => {
      await pool.delete([accountId]);
      return { ok: true };
    },
    'account/deleteMany': async ({ accountIds }) => ({ deleted: await pool.delete(unique(accountIds)) }),
  };
}

type Change = Omit<AccountPatch, 'email' | 'plan'>;

function patchOf({ groupName, note, tags, proxyUrl, ...rest }: Change): AccountPatch {
  return {
    ...rest,
    ...(groupName !== undefined && { groupName: blankIsNone(groupName) }),
    ...(note !== undefined && { note: blankIsNone(note) }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
    ...(proxyUrl !== undefined && { proxyUrl: readProxy(proxyUrl) }),
  };
}

/** A proxy's address as a person writes it; null or blank: none. The value may hold a password, so no message repeats it. */
export function readProxy(text: string | null): string | null {
  if (blankIsNone(text) === null) return null;
  const proxy = readProxyUrl(text ?? '');
  if (proxy === null) throw new AppError('badRequest', `proxyUrl is not a proxy. Write it like ${proxyForms}.`);
  return proxy;
}

function blankIsNone<T extends string | null | undefined>(text: T): T | null {
  return typeof text === 'string' && text.trim() === '' ? null : text;
}

function unique(ids: readonly AccountId[]): AccountId[] {
  return [...new Set(ids)];
}
