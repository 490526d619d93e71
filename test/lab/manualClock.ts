import type { Clock } from '../../src/core/clock.ts';

interface Sleeper { readonly ms: number; readonly wakesAt: number; wake(): void }

/** A clock that a test moves. It begins at the machine's time, because the fake provider's tokens are of that time. */
export class ManualClock implements Clock {
  #now = Date.now();
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<() => void>();

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      this.#sleepers.delete(sleeper);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => end(() => reject(new DOMException('Aborted.', 'AbortError')));
    const sleeper = { ms, wakesAt: this.#now + ms, wake: () => end(resolve) };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.#sleepers.add(sleeper);
    for (const look of [...this.#watchers]) look();
  });

  /** How many sleep for exactly so long. */
  sleeping(ms: number): number {
    return [...this.#sleepers].filter((sleeper) => sleeper.ms === ms).length;
  }

  /** Resolves when so many sleep for exactly so long. */
  async untilSleeping(ms: number, count = 1): Promise<void> {
    while (this.sleeping(ms) < count) {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#watchers.delete(look);
          resolve();
        };
        this.#watchers.add(look);
      });
    }
  }

  /** The computer was asleep for so long: nobody was woken. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Time passes; who is due wakes. */
  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers].sort((a, b) => a.wakesAt - b.wakesAt)) if (sleeper.wakesAt <= this.#now) sleeper.wake();
  }
}
