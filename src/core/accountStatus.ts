import type { Account, AccountKind, AccountStatus } from '../contract/account.ts';
import type { StoredAccount, TokenRecord } from './records.ts';

/** Under so much left, in percent, an account counts as low. */
const lowPercent = 15;

export interface StatusOf {
  readonly status: AccountStatus;
  readonly reason: string | null;
  /** Unix seconds, when it comes back by itself. */
  readonly availableAt: number | null;
}

/** The one account state, for every surface. `now` in Unix ms. */
export function accountStatus({ account, state }: StoredAccount, now: number): StatusOf {
  if (!account.enabled) return { status: 'disabled', reason: null, availableAt: null };
  if (state.needsLogin !== null) return { status: 'needsLogin', reason: state.needsLogin, availableAt: null };
  if (state.blocked !== null) return { status: 'blocked', reason: state.blocked, availableAt: null };
  if (state.exhaustedUntil > now) return { status: 'exhausted', reason: 'usage_limit_reached', availableAt: Math.ceil(state.exhaustedUntil / 1000) };
  if (state.coolUntil > now) return { status: 'coolingDown', reason: state.coolReason, availableAt: Math.ceil(state.coolUntil / 1000) };
  if (state.windows.length === 0) return { status: 'unknown', reason: null, availableAt: null };
  const low = state.windows.some(({ usedPercent, resetsAt }) => usedPercent > 100 - lowPercent && (resetsAt === null || resetsAt * 1000 > now));
  return { status: low ? 'low' : 'ready', reason: null, availableAt: null };
}

/** An account as clients of the RPC see it. */
export function accountView(stored: StoredAccount, now: number): Account {
  const { id, label, groupName, sort, email, plan, enabled, tags, note, chatgptAccountId, workspaceName, workspaceRole, createdAt, codexShared } = stored.account;
  const { accessExpiresAt, lastRefresh } = stored.tokens;
  const { status, reason, availableAt } = accountStatus(stored, now);
  return {
    id, label, groupName, sort, email, plan, enabled, status, statusReason: reason, availableAt, windows: [...stored.state.windows], kind: kindOf(stored.tokens),
    tags: [...tags], note, chatgptAccountId, workspaceName, workspaceRole, createdAt, codexShared, tokenExpiresAt: accessExpiresAt, lastRefresh: lastRefresh > 0 ? lastRefresh : null,
  };
}

function kindOf({ accessToken, refreshToken }: TokenRecord): AccountKind {
  if (refreshToken !== null) return 'login';
  return accessToken.startsWith('at-') ? 'personalToken' : 'accessOnly';
}
