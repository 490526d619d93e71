import type { Disposable } from '../core/scope.ts';

/** Tells listeners what changed, at most once in `quietMs`: a thousand changes in a row become one call with all of them. */
export class ChangeSignal<T = never> implements Disposable {
  readonly #quietMs: number;
  readonly #listeners = new Set<(changed: ReadonlySet<T>) => void>();
  #changed = new Set<T>();
  #timer: NodeJS.Timeout | null = null;

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  on(listener: (changed: ReadonlySet<T>) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  fire(...changed: readonly T[]): void {
    if (this.#listeners.size === 0) return;
    for (const one of changed) this.#changed.add(one);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const told = this.#changed;
      this.#changed = new Set();
      for (const listener of this.#listeners) listener(told);
    }, this.#quietMs).unref();
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#listeners.clear();
  }
}

/** Resolves at the next change, or after `waitMs`. */
export function nextChange(changes: ChangeSignal, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      void subscription.dispose();
      resolve();
    };
    const timer = setTimeout(finish, waitMs);
    const subscription = changes.on(finish);
  });
}
