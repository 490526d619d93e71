import type { RouteStrategy } from '../../contract/route.ts';
import type { AccountId, UsageWindow } from '../../contract/account.ts';
import type { StoredAccount } from '../records.ts';
import { isEligible, type Selection } from '../selectAccount.ts';
import type { Roster } from './roster.ts';

/** So many eligible accounts are compared with each other, so that a choice costs the same among ten thousand. */
const mostCompared = 256;
/** What an account counts for of which nothing was heard, percent left. */
const unknownLeft = 50;
/** One account is healthier than another by more than this: a single hiccup moves nobody. */
const healthMargin = 10;

export interface Choice extends Selection {
  readonly strategy: RouteStrategy;
  /** Grows with each choice for the same key and model: where `balanced` begins. */
  readonly turn: number;
  /** How many of the first accounts in the strategy's order health decides between; 1 or less: the order alone. */
  readonly healthWindow: number;
  /** 0 to 100. */
  readonly health: (id: AccountId) => number;
  /** Requests that run on an account. */
  readonly running: (id: AccountId) => number;
  /** Requests an account may run at the same time; 0 = any number. */
  readonly mostRunning: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * The account to ask, or null when nobody is eligible. Among equally healthy accounts the strategy's order is kept; when all eligible ones run as many
 * requests as they may, the least busy one takes one more, because a request that could be served is served.
 */
export function chooseAccount(roster: Roster, choice: Choice): StoredAccount | null {
  const eligible = eligibleOf(roster, choice);
  if (eligible.length === 0) return null;
  const free = choice.mostRunning === 0 ? eligible : eligible.filter(({ account }) => choice.running(account.id) < choice.mostRunning);
  if (free.length === 0) return leastBusy(eligible, choice);
  return healthier(firstOf(free, choice), choice);
}

/** For `ordered` the first ones, else as many as are compared, from another place each time. */
function eligibleOf(roster: Roster, choice: Choice): StoredAccount[] {
  const { length } = roster.accounts;
  const { strategy, turn, healthWindow, mostRunning } = choice;
  const most = strategy === 'ordered' && mostRunning === 0 ? Math.max(1, healthWindow) : mostCompared;
  const from = strategy === 'ordered' || length <= mostCompared ? 0 : (turn * mostCompared) % length;
  const found: StoredAccount[] = [];
  collect(found, roster, { from, to: length, most }, choice);
  collect(found, roster, { from: 0, to: from, most }, choice);
  return found;
}

function collect(found: StoredAccount[], { accounts, outUntil }: Roster, { from, to, most }: { readonly from: number; readonly to: number; readonly most: number }, choice: Choice): void {
  for (let i = from; i < to && found.length < most; i += 1) {
    if ((outUntil[i] ?? 0) > choice.now) continue;
    const candidate = accounts[i];
    if (candidate && isEligible(candidate, choice)) found.push(candidate);
  }
}

/** The first accounts in the strategy's order, as many as health decides between. */
function firstOf(free: readonly StoredAccount[], choice: Choice): readonly StoredAccount[] {
  const window = Math.max(1, Math.min(choice.healthWindow, free.length));
  switch (choice.strategy) {
    case 'ordered': return free.slice(0, window);
    case 'balanced': return Array.from({ length: window }, (_, i) => free[(choice.turn + i) % free.length]).filter((one) => one !== undefined);
    case 'headroom': return roomiest(free, choice);
    case 'drain': return [...free].sort((a, b) => resetOf(a, choice.now) - resetOf(b, choice.now)).slice(0, window);
  }
}

/** Power of two choices: the first one, unless a second one out of the window is healthier. */
function healthier([head, ...others]: readonly StoredAccount[], { health, random }: Choice): StoredAccount | null {
  const challenger = others[Math.floor(random() * others.length)];
  if (!head || !challenger) return head ?? null;
  return health(challenger.account.id) > health(head.account.id) + healthMargin ? challenger : head;
}

function leastBusy(eligible: readonly StoredAccount[], { running }: Choice): StoredAccount | null {
  let least: StoredAccount | null = null;
  for (const one of eligible) if (!least || running(one.account.id) < running(least.account.id)) least = one;
  return least;
}

/**
 * By chance, the more often the more is left and the less runs. Of two drawn the one with more room for each of its requests comes first, so that many at
 * once are spread evenly and not only on average.
 */
function roomiest(free: readonly StoredAccount[], { now, running, random }: Choice): readonly StoredAccount[] {
  const weights = free.map((one) => Math.max(1, leftOf(one, now) ?? unknownLeft) / (1 + running(one.account.id)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const [first, second] = [draw(weights, random() * sum), draw(weights, random() * sum)];
  const [one, other] = [free[first], free[second]];
  if (!one || !other) return free;
  const busier = running(one.account.id) > running(other.account.id) && (weights[second] ?? 0) > (weights[first] ?? 0);
  return busier ? [other, one] : [one, other];
}

/** The place at which the weights, added up, go beyond `at`. */
function draw(weights: readonly number[], at: number): number {
  let left = at;
  const place = weights.findIndex((weight) => (left -= weight) < 0);
  return place < 0 ? weights.length - 1 : place;
}

/** Percent left for the gateway in the tightest of an account's own windows; null when none is known. */
export function leftOf({ account, state }: StoredAccount, now: number): number | null {
  let left: number | null = null;
  for (const window of state.windows) if (window.scope === 'account') left = Math.min(left ?? 100, isOver(window, now) ? 100 : 100 - window.usedPercent);
  return left === null ? null : Math.max(0, left - account.reservePercent);
}

/** Unix seconds when something of it is next renewed that would be lost unused; Infinity when nobody knows. */
function resetOf({ state }: StoredAccount, now: number): number {
  let soonest = Infinity;
  for (const window of state.windows) if (window.scope === 'account' && window.resetsAt !== null && !isOver(window, now)) soonest = Math.min(soonest, window.resetsAt);
  return soonest;
}

function isOver({ resetsAt }: UsageWindow, now: number): boolean {
  return resetsAt !== null && resetsAt * 1000 <= now;
}
