import type { AccountId } from '../contract/account.ts';
import type { StoredAccount, TokenRecord } from './records.ts';
import type { RefreshReason } from './refreshTokens.ts';
import { stepOf, type Ladder } from './cooldown.ts';

/** When a login is renewed by itself, and why. `at` in Unix milliseconds. */
export interface NextRefresh { readonly at: number; readonly reason: Exclude<RefreshReason, 'unauthorized_recovery'> }

/** So long before an access token ends it is renewed: Codex CLI does it at 5 minutes, and must find it done. */
const leadMs = 600_000;
/** Accounts that were added together are not renewed together. */
const mostJitterMs = 120_000;
/** Age at which an access token that does not say when it ends is renewed, as Codex CLI does it. */
const opaqueAgeMs = 8 * 86_400_000;
/** A token we just got and that is already over means that this computer's clock is wrong: renewing without end would not help. */
const wrongClockMs = 3_600_000;
/** Pauses after a failure that says nothing about the login. */
const failureLadder: Ladder = [30_000, 60_000, 120_000, 240_000, 480_000, 900_000];

/** Null when it is not renewed by itself: there is nothing to renew it with, or only a person can help. A paused account is, so that its login stays alive. */
export function nextRefresh({ account, tokens, state }: StoredAccount, now: number): NextRefresh | null {
  return state.needsLogin !== null || state.blocked !== null ? null : refreshTime(account.id, tokens, now);
}

/** Since when (Unix ms) it is due, null when it is not. Costs next to nothing for the thousands that are far from it. */
export function dueSince(stored: StoredAccount, now: number): number | null {
  const { accessExpiresAt } = stored.tokens;
  if (accessExpiresAt !== null && accessExpiresAt * 1000 - leadMs - mostJitterMs > now) return null;
  const next = nextRefresh(stored, now);
  return next === null || next.at > now ? null : next.at;
}

/** When tokens that are not the account's yet are renewed. `now` in Unix milliseconds. */
export function refreshTime(id: AccountId, { accessExpiresAt, refreshToken, lastRefresh, replacedHash }: TokenRecord, now: number): NextRefresh | null {
  if (refreshToken === null) return null;
  const jitter = jitterMs(id);
  const refreshedAt = lastRefresh * 1000;
  // A last refresh in the future is one made by a clock that was ahead: its age is not known, and counts from now.
  if (accessExpiresAt === null) return { at: Math.min(refreshedAt, now) + opaqueAgeMs - jitter, reason: 'scheduled' };
  const endsAt = accessExpiresAt * 1000;
  const lifetime = endsAt - refreshedAt;
  if (lifetime <= 0 && replacedHash !== null) return { at: Math.min(refreshedAt, now) + wrongClockMs, reason: 'proactive_expiry' };
  // Of a short life no more than half is given up.
  return { at: endsAt - Math.min(leadMs + jitter, lifetime > 0 ? lifetime / 2 : leadMs), reason: 'proactive_expiry' };
}

/** How long an account is left alone after its `failures`-th failure in a row (from 1): 30 s doubling to 15 minutes, a fifth more or less by `random` (0 to 1). */
export function pauseAfter(failures: number, random: number): number {
  return Math.round(stepOf(failureLadder, failures - 1) * (0.8 + 0.4 * random));
}

/** 0 to 120 s, always the same for one account (FNV-1a). */
function jitterMs(id: AccountId): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % mostJitterMs;
}
