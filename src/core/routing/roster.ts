import type { StoredAccount } from '../records.ts';
import { reservedUntilOf } from '../selectAccount.ts';

/**
 * Accounts in the order they are tried. `outUntil[i]` is when (Unix ms) `accounts[i]` may be worth a closer look: numbers that lie side by side are looked
 * through twenty times faster than ten thousand accounts.
 */
export interface Roster {
  readonly accounts: readonly StoredAccount[];
  readonly outUntil: Float64Array;
}

/** Infinity: only a person can help. What depends on the request is not in it. */
export function outUntilOf(stored: StoredAccount): number {
  const { account, state } = stored;
  if (!account.enabled || state.needsLogin !== null || state.blocked !== null) return Infinity;
  return Math.max(state.exhaustedUntil, state.coolUntil, reservedUntilOf(stored));
}

/** A roster that follows single changes without being made anew. */
export class LiveRoster implements Roster {
  readonly accounts: StoredAccount[];
  outUntil: Float64Array;

  constructor(accounts: readonly StoredAccount[]) {
    this.accounts = [...accounts];
    this.outUntil = Float64Array.from(accounts, outUntilOf);
  }

  replace(place: number, stored: StoredAccount): void {
    this.accounts[place] = stored;
    this.outUntil[place] = outUntilOf(stored);
  }

  /** Answers its place. */
  push(stored: StoredAccount): number {
    const place = this.accounts.push(stored) - 1;
    if (place >= this.outUntil.length) {
      const grown = new Float64Array(Math.max(64, place * 2));
      grown.set(this.outUntil);
      this.outUntil = grown;
    }
    this.outUntil[place] = outUntilOf(stored);
    return place;
  }
}
