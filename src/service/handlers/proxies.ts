import type { Handlers } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import type { Network } from '../../core/proxyRoute.ts';
import type { Probe } from '../../upstream/probe.ts';
import type { AccountPool } from '../accountPool.ts';
import { readProxy } from './accounts.ts';

/** Tries ways to the provider out. */
export function proxyHandlers(pool: AccountPool, network: Network, probe: Probe): Pick<Handlers, 'account/proxy/test'> {
  return {
    'account/proxy/test': ({ accountId, proxyUrl }) => {
      const account = accountId === undefined ? undefined : pool.find(accountId)?.account;
      if (accountId !== undefined && !account) throw new AppError('notFound', `There is no account ${accountId}. It may have been deleted.`);
      const own = proxyUrl === undefined ? (account?.proxyUrl ?? null) : readProxy(proxyUrl);
      return probe(account ? network.proxyFor({ id: account.id, proxyUrl: own }) : own);
    },
  };
}
