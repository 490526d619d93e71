import type { Disposable } from '../core/scope.ts';

/** Runs something a while after it was first asked to, once for all that asked meanwhile. */
export class RedrawTimer implements Disposable {
  readonly #quietMs: () => number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(quietMs: () => number, run: () => void) {
    this.#quietMs = quietMs;
    this.#run = run;
  }

  arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, this.#quietMs()).unref();
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}
