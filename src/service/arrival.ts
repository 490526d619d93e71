import type { StoredAccount } from '../core/records.ts';

/** An account as it is to be, and the one of the pool it was planned from; null when it was to be new. */
export interface Arrival { readonly planned: StoredAccount; readonly base: StoredAccount | null }

/** What a login or a file brings, on top of what the pool holds by now: a change in between stays, and so does who came in between. */
export function upToDate({ planned, base }: Arrival, current: StoredAccount | null): StoredAccount {
  if (!current || current === base) return planned;
  const { email, plan, workspaceName, workspaceRole, codexShared, updatedAt } = planned.account;
  return {
    account: { ...current.account, email, plan, workspaceName, workspaceRole, updatedAt, codexShared: codexShared || current.account.codexShared },
    tokens: planned.tokens,
    state: { ...current.state, needsLogin: planned.state.needsLogin, blocked: planned.state.blocked },
  };
}
