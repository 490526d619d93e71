import type { Disposable } from '../core/scope.ts';
import { Lens, plainLens } from './views/accountLens.ts';

/** The part of VS Code's Memento that is needed. */
export interface Remembers {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const key = 'accounts.lens';

/** How this window looks at the accounts, remembered with its workspace. */
export class LensKeeper {
  readonly #memory: Remembers;
  readonly #listeners = new Set<() => void>();
  #lens: Lens;

  constructor(memory: Remembers) {
    this.#memory = memory;
    this.#lens = Lens.safeParse(memory.get(key)).data ?? plainLens;
  }

  get lens(): Lens {
    return this.#lens;
  }

  async set(change: Partial<Lens>): Promise<void> {
    this.#lens = { ...this.#lens, ...change };
    for (const listener of this.#listeners) listener();
    await this.#memory.update(key, this.#lens);
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }
}
