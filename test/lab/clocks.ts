import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/systemClock.ts';

interface Sleeper { readonly until: number; readonly wake: () => void }

/** A clock that stands until a test moves it. */
export class HandClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now: number) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
    const end = (): void => {
      this.#sleepers.delete(sleeper);
      reject(new DOMException('Aborted.', 'AbortError'));
    };
    const sleeper: Sleeper = {
      until: this.#now + ms,
      wake: () => {
        signal?.removeEventListener('abort', end);
        resolve();
      },
    };
    if (signal?.aborted) return end();
    signal?.addEventListener('abort', end, { once: true });
    this.#sleepers.add(sleeper);
  });

  /** So many milliseconds pass, and those whose time has come wake up. */
  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** How long the sleepers still have, ms, the shortest first. */
  get sleeping(): number[] {
    return [...this.#sleepers].map(({ until }) => until - this.#now).sort((a, b) => a - b);
  }
}

/** The machine's time, which a test can push forward: whoever sleeps for less than that wakes up. */
export class JumpingClock implements Clock {
  #ahead = 0;
  readonly #hand = new HandClock(0);

  readonly now = (): number => systemClock.now() + this.#ahead;

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    const done = new AbortController();
    const either = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
    try {
      await Promise.race([systemClock.sleep(ms, either), this.#hand.sleep(ms, either)]);
    } finally {
      done.abort();
    }
  };

  jump(ms: number): void {
    this.#ahead += ms;
    this.#hand.pass(ms);
  }
}
