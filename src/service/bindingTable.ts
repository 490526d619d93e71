import type { AccountId } from '../contract/account.ts';
import type { Binding } from '../core/records.ts';
import type { Clock } from '../core/clock.ts';

/** The newest of each kind that are remembered. */
const capacity = 50_000;
/** What is used again is noted anew at most so often, ms. */
const renewMs = 600_000;

interface Owner { readonly accountId: AccountId; readonly seenAt: number }

/** Who gave out which encrypted item or turn state, and where a conversation is: bounded, the oldest forgotten first, told to the store as it grows. */
export class BindingTable {
  readonly #owners = new Map<string, Owner>();
  readonly #clock: Clock;
  readonly #persist: (binding: Binding) => void;

  constructor(stored: readonly Binding[], clock: Clock, persist: (binding: Binding) => void) {
    this.#clock = clock;
    this.#persist = persist;
    for (const { kind, hash, accountId, seenAt } of stored) this.#owners.set(`${kind}:${hash}`, { accountId, seenAt });
  }

  /** `maxAgeMs`: one that was not used for longer is forgotten; 0 = any age. */
  owner(kind: Binding['kind'], hash: string, maxAgeMs = 0): AccountId | undefined {
    const owner = this.#owners.get(`${kind}:${hash}`);
    return owner && (maxAgeMs === 0 || this.#clock.now() - owner.seenAt < maxAgeMs) ? owner.accountId : undefined;
  }

  bind(kind: Binding['kind'], hash: string, accountId: AccountId): void {
    const name = `${kind}:${hash}`;
    const known = this.#owners.get(name);
    const seenAt = this.#clock.now();
    if (known?.accountId === accountId && seenAt - known.seenAt < renewMs) return;
    this.#owners.delete(name);
    this.#owners.set(name, { accountId, seenAt });
    this.#persist({ kind, hash, accountId, seenAt });
    if (this.#owners.size > capacity) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#owners.keys().next();
    if (!oldest.done) this.#owners.delete(oldest.value);
  }
}
