import type { AccountId } from '../contract/account.ts';
import type { Binding } from '../core/records.ts';
import type { Clock } from '../core/clock.ts';

/** The newest of each kind that are remembered. */
const capacity = 50_000;

/** Who gave out which encrypted item or turn state: bounded, the oldest forgotten first, told to the store as it grows. */
export class BindingTable {
  readonly #owners = new Map<string, AccountId>();
  readonly #clock: Clock;
  readonly #persist: (binding: Binding) => void;

  constructor(stored: readonly Binding[], clock: Clock, persist: (binding: Binding) => void) {
    this.#clock = clock;
    this.#persist = persist;
    for (const { kind, hash, accountId } of stored) this.#owners.set(`${kind}:${hash}`, accountId);
  }

  owner(kind: Binding['kind'], hash: string): AccountId | undefined {
    return this.#owners.get(`${kind}:${hash}`);
  }

  bind(kind: Binding['kind'], hash: string, accountId: AccountId): void {
    const name = `${kind}:${hash}`;
    if (this.#owners.get(name) === accountId) return;
    this.#owners.delete(name);
    this.#owners.set(name, accountId);
    this.#persist({ kind, hash, accountId, seenAt: this.#clock.now() });
    if (this.#owners.size > capacity) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#owners.keys().next();
    if (!oldest.done) this.#owners.delete(oldest.value);
  }
}
