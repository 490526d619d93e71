import type { Clock } from '../core/clock.ts';
import type { Network } from '../core/proxyRoute.ts';
import type { StoredAccount, TokenRecord } from '../core/records.ts';
import type { RefreshOutcome, RefreshReason, RefreshTokens } from '../core/refreshTokens.ts';
import { refreshTime } from '../core/nextRefresh.ts';
import type { CodexSharing } from './codexSharing.ts';

/** Pause before a refresh whose answer was lost is asked again: an issuer that allows for that gives the same tokens once more, for a few seconds. */
const lostPauseMs = 1_000;

export interface RenewalDeps {
  readonly refresh: RefreshTokens;
  readonly sharing: CodexSharing;
  readonly clock: Clock;
  readonly network: Network;
}

/**
 * New tokens for an account, from Codex CLI's file when they are there already, else from the issuer. Stores nothing. Only one may run per account;
 * `stop` ends the waiting in between, never a call that was sent.
 */
export async function renewTokens({ refresh, sharing, clock, network }: RenewalDeps, stored: StoredAccount, reason: RefreshReason, stop: AbortSignal): Promise<RefreshOutcome> {
  const proxy = network.proxyFor(stored.account);
  const spend = (tokens: TokenRecord): Promise<RefreshOutcome> => spendOnce(() => refresh(tokens, reason, proxy), clock, stop);
  const isGood = (tokens: TokenRecord): boolean => (refreshTime(stored.account.id, tokens, clock.now())?.at ?? 0) > clock.now();
  const { tokens: ours, state } = stored;
  const login = await sharing.look(stored);
  const from = login?.standing === 'ahead' ? login.tokens : ours;
  if (from !== ours && isGood(from)) return { kind: 'renewed', tokens: from };
  if (from === ours && state.needsLogin !== null) return { kind: 'refused', reason: state.needsLogin };
  if (from.refreshToken === null) return { kind: 'refused', reason: 'no_refresh_token' };
  const outcome = await spend(from);
  // The file may be two renewals behind us. What it holds is the token to know it by.
  if (outcome.kind === 'renewed') return login?.standing === 'behind' ? { kind: 'renewed', tokens: { ...outcome.tokens, replacedHash: ours.replacedHash } } : outcome;
  const other = outcome.kind === 'refused' ? await sharing.otherTokens(stored, from) : null;
  if (!other) return outcome;
  return isGood(other) ? { kind: 'renewed', tokens: other } : spend(other);
}

async function spendOnce(refresh: () => Promise<RefreshOutcome>, clock: Clock, stop: AbortSignal): Promise<RefreshOutcome> {
  const outcome = await refresh();
  if (outcome.kind !== 'failed' || !outcome.lost) return outcome;
  const waited = await clock.sleep(lostPauseMs, stop).then(() => true, () => false);
  return waited ? refresh() : outcome;
}
