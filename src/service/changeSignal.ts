import type { Disposable } from '../core/scope.ts';

/** Tells listeners that something changed, at most once in `quietMs`: a thousand changes in a row become one call. */
export class ChangeSignal implements Disposable {
  readonly #quietMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  on(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  fire(): void {
    if (this.#listeners.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      for (const listener of this.#listeners) listener();
    }, this.#quietMs).unref();
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#listeners.clear();
  }
}
