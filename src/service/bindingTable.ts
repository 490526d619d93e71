import type { AccountId } from '../contract/account.ts';
import type { Binding } from '../core/records.ts';
import type { Clock } from '../core/clock.ts';
import { Generations } from './generations.ts';

/** At least so many of each kind are remembered, the newest. */
const capacity = 50_000;
/** What is used again is noted anew at most so often, ms. */
const renewMs = 600_000;

interface Owner { readonly accountId: AccountId; readonly seenAt: number }

export interface Binds {
  /** False: forgotten with the process, because most of its kind are never asked for again. */
  readonly lasting?: boolean;
  /** At least so many of this kind are remembered, and at most twice as many; 0 = as many as there is room for. */
  readonly most?: number;
}

/** Who gave out which encrypted item, turn state or response, and where a conversation is: bounded, the oldest forgotten first, told to the store as it grows. */
export class BindingTable {
  readonly #owners = { encrypted: new Generations<Owner>(), turnState: new Generations<Owner>(), response: new Generations<Owner>(), conversation: new Generations<Owner>() };
  readonly #clock: Clock;
  readonly #persist: (binding: Binding) => void;

  constructor(stored: readonly Binding[], clock: Clock, persist: (binding: Binding) => void) {
    this.#clock = clock;
    this.#persist = persist;
    for (const { kind, hash, accountId, seenAt } of stored) this.#owners[kind].set(hash, { accountId, seenAt }, capacity);
  }

  /** `maxAgeMs`: one that was not used for longer is forgotten; 0 = any age. */
  owner(kind: Binding['kind'], hash: string, maxAgeMs = 0): AccountId | undefined {
    const owner = this.#owners[kind].get(hash);
    return owner && (maxAgeMs === 0 || this.#clock.now() - owner.seenAt < maxAgeMs) ? owner.accountId : undefined;
  }

  bind(kind: Binding['kind'], hash: string, accountId: AccountId, { lasting = true, most = 0 }: Binds = {}): void {
    const owners = this.#owners[kind];
    const known = owners.get(hash);
    const seenAt = this.#clock.now();
    if (known?.accountId === accountId && seenAt - known.seenAt < renewMs) return;
    owners.set(hash, { accountId, seenAt }, most === 0 ? capacity : Math.min(most, capacity));
    if (lasting) this.#persist({ kind, hash, accountId, seenAt });
  }
}
