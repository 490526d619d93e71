import type { RouteRecord } from '../../contract/route.ts';
import type { StoredAccount } from '../records.ts';
import { isEligible, skipOf } from '../selectAccount.ts';
import { leftOf, type Choice } from './chooseAccount.ts';
import type { Roster } from './roster.ts';

/** As many others are named: a row of the log stays short, and recording costs the same among ten thousand. */
const mostCandidates = 4;
const mostSkipped = 8;
/** As many accounts are looked at. */
const mostLookedAt = 64;

export interface Chose {
  readonly chosen: StoredAccount | null;
  readonly why: RouteRecord['why'];
  readonly left: RouteRecord['left'];
}

/** Why a request goes where it goes, short enough to be kept with every one: the chosen account, the first others that could have been, and the first that could not. */
export function recordRoute({ accounts, outUntil }: Roster, choice: Choice, { chosen, why, left }: Chose): RouteRecord {
  const candidates = chosen ? [facts(chosen, choice)] : [];
  const skipped: RouteRecord['skipped'] = [];
  // Whoever is bound, pinned or with its conversation was compared with nobody.
  const compares = why === 'strategy' || why === 'nobody';
  for (let place = 0; compares && place < accounts.length && place < mostLookedAt; place += 1) {
    const other = accounts[place];
    if (!other || other === chosen) continue;
    if ((outUntil[place] ?? 0) <= choice.now && isEligible(other, choice)) {
      if (candidates.length < mostCandidates) candidates.push(facts(other, choice));
    } else if (skipped.length < mostSkipped) skipped.push(skipFacts(other, choice));
    if (candidates.length === mostCandidates && skipped.length === mostSkipped) break;
  }
  return { strategy: choice.strategy, why, left, candidates, skipped };
}

function facts(stored: StoredAccount, { now, health, running }: Choice): RouteRecord['candidates'][number] {
  const { id } = stored.account;
  return { accountId: id, left: leftOf(stored, now), health: Math.round(health(id)), running: running(id) };
}

function skipFacts(stored: StoredAccount, choice: Choice): RouteRecord['skipped'][number] {
  const { id } = stored.account;
  const skip = skipOf(stored, choice, choice.now);
  return { accountId: id, reason: skip?.reason ?? 'failed', until: skip === null || skip.until === null || !Number.isFinite(skip.until) ? null : Math.ceil(skip.until / 1000) };
}
