import type { Account, AccountId } from '../../contract/account.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import type { Network } from '../../core/proxyRoute.ts';
import type { StoredAccount } from '../../core/records.ts';
import type { Store } from '../../core/store.ts';
import { AppError } from '../../core/appError.ts';
import { usageSnapshot } from '../../core/usageSnapshot.ts';
import type { ResetCredits } from '../../upstream/resetCredits.ts';
import type { AccountPool } from '../accountPool.ts';
import type { Presence } from '../presence.ts';
import type { UsageHistory } from '../usageHistory.ts';
import { callerOf, type UsageKeeper } from '../usageKeeper.ts';
import type { UsageRefreshes } from '../usageRefreshes.ts';

type UsageHandlers = Pick<Handlers,
  'account/usage/read' | 'account/usage/list' | 'account/usage/refresh' | 'account/usage/refresh/start' | 'account/usage/refresh/status' | 'account/usage/refresh/cancel' | 'usage/history' | 'usage/pool'
  | 'account/resetCredits/list' | 'account/resetCredits/redeem' | 'window/presence'>;

export interface UsageHandlerDeps {
  readonly pool: AccountPool;
  readonly clock: Clock;
  readonly network: Network;
  readonly store: Store;
  readonly history: UsageHistory;
  readonly usage: UsageKeeper;
  readonly refreshes: UsageRefreshes;
  readonly presence: Presence;
  readonly resetCredits: ResetCredits;
  readonly poolUsage: () => ReturnType<Handlers['usage/pool']> extends Promise<infer R> ? R : never;
}

const daySeconds = 86_400;
const keptDays = 90;

/** What accounts have left. Whoever asks counts as somebody who looks. */
export function usageHandlers(deps: UsageHandlerDeps): UsageHandlers {
  const { pool, clock, refreshes, presence } = deps;
  const snapshotOf = (account: Account) => usageSnapshot(account, clock.now());
  return {
    'account/usage/read': (params) => {
      presence.looked();
      const accounts = params?.accountId ? [pool.viewOf(params.accountId as AccountId)] : pool.view();
      const newest = accounts.flatMap((account) => (account ? [account] : [])).sort((a, b) => (b.usageAt ?? 0) - (a.usageAt ?? 0))[0];
      return Promise.resolve({ snapshot: newest ? snapshotOf(newest) : null });
    },
    'account/usage/list': () => {
      presence.looked();
      const snapshots = pool.view().flatMap((account) => snapshotOf(account) ?? []);
      return Promise.resolve({ items: snapshots.sort((a, b) => b.capturedAt - a.capturedAt) });
    },
    'account/usage/refresh': (params) => refreshNow(deps, params?.accountId),
    'account/usage/refresh/start': (params) => Promise.resolve(refreshes.start(params?.accountIds)),
    'account/usage/refresh/status': ({ refreshId, seenRevision, waitMs }) => refreshes.status(refreshId, seenRevision, waitMs ?? 0),
    'account/usage/refresh/cancel': ({ refreshId }) => Promise.resolve(refreshes.cancel(refreshId)),
    'usage/history': (params) => hoursOf(deps, params ?? {}),
    'usage/pool': () => {
      presence.looked();
      return Promise.resolve(deps.poolUsage());
    },
    'account/resetCredits/list': async ({ accountId }) => ({ items: await deps.resetCredits.list(callerOf(find(pool, accountId), deps.network)) }),
    'account/resetCredits/redeem': (params) => redeem(deps, params),
    'window/presence': ({ windowId, active }) => {
      presence.report(windowId, active);
      return Promise.resolve({ ok: true });
    },
  };
}

/** The original's: one account, whose failure is told; or all, whose failures are not. */
async function refreshNow({ pool, usage, refreshes }: UsageHandlerDeps, accountId: string | null | undefined): Promise<{ ok: true }> {
  if (!accountId) {
    let refresh = refreshes.start();
    while (refresh.state === 'running') refresh = await refreshes.status(refresh.refreshId, refresh.revision, 1_000);
    return { ok: true };
  }
  const { account } = find(pool, accountId as AccountId);
  const outcome = await usage.read(account.id);
  if (outcome.kind === 'failed') throw new AppError('upstream', `The usage of ${account.label} could not be read: ${outcome.reason}. ${outcome.reason === 'needs_login' ? 'Sign in again first.' : 'Try again later; the account goes on serving.'}`);
  return { ok: true };
}

async function hoursOf({ store, history, clock }: UsageHandlerDeps, { accountId, from, to }: { readonly accountId?: AccountId | null; readonly from?: number; readonly to?: number }): ReturnType<UsageHandlers['usage/history']> {
  await history.flush();
  const now = Math.floor(clock.now() / 1000);
  return { items: await store.usageHours({ accountId: accountId ?? null, from: from ?? now - keptDays * daySeconds, to: to ?? now + 1 }) };
}

/** Spends a reset; the account is open again at once, and its windows are asked for. */
async function redeem({ pool, usage, network, resetCredits }: UsageHandlerDeps, { accountId, creditId }: { readonly accountId: AccountId; readonly creditId: string }): ReturnType<UsageHandlers['account/resetCredits/redeem']> {
  const outcome = await resetCredits.redeem(callerOf(find(pool, accountId), network), creditId);
  if (outcome === 'reset') {
    pool.usageReset(accountId);
    await usage.read(accountId);
  }
  return { outcome };
}

function find(pool: AccountPool, id: AccountId): StoredAccount {
  const stored = pool.find(id);
  if (!stored) throw new AppError('notFound', `There is no account ${id}. It may have been deleted.`);
  return stored;
}
