import type { AccountId } from '../../contract/account.ts';

const best = 100;
/** Half of what an account lacks is forgiven in so long, ms. */
const halfLifeMs = 600_000;

/** What an attempt's outcome does to an account's health, in points (behaviour reference 7.3); an HTTP status, or null when the answer broke off. */
export function healthDelta(status: number | null): number {
  if (status === null) return -10;
  if (status < 300) return 4;
  if (status === 429) return -15;
  if (status >= 500) return -10;
  return status === 401 || status === 403 ? -18 : -8;
}

/** How well accounts did lately: 100 is faultless, and the past is forgiven by and by. In memory only: after a restart everybody starts well. */
export class Health {
  readonly #scores = new Map<AccountId, { readonly score: number; readonly at: number }>();

  /** 0 to 100. `now` in Unix ms. */
  of(id: AccountId, now: number): number {
    const known = this.#scores.get(id);
    return known ? best - (best - known.score) * 2 ** (-Math.max(0, now - known.at) / halfLifeMs) : best;
  }

  /** An account that never failed is not remembered. */
  record(id: AccountId, status: number | null, now: number): void {
    const before = this.of(id, now);
    const score = Math.min(best, Math.max(0, before + healthDelta(status)));
    if (score >= best) this.#scores.delete(id);
    else this.#scores.set(id, { score, at: now });
  }

  forget(id: AccountId): void {
    this.#scores.delete(id);
  }
}
