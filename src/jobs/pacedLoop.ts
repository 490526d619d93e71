import type { Clock } from '../core/clock.ts';
import type { Pace } from '../core/engineConfig.ts';
import type { Disposable } from '../core/scope.ts';

export interface PacedLoopDeps {
  readonly clock: Clock;
  readonly pace: Pace;
  /** Resolves to whether it went well; must not reject. */
  run(signal: AbortSignal): Promise<boolean>;
  /** In [0, 1). */
  random?(): number;
}

/** After so many failures in a row the pause no longer doubles. */
const mostDoublings = 20;

/** Milliseconds until the next run (behaviour reference 4.6): the interval, doubled with each failure in a row up to the cap, and whole seconds of jitter. */
export function pauseOf({ intervalMs, jitterMs, backoffMaxMs }: Pace, failures: number, random: number): number {
  const base = failures === 0 ? intervalMs : Math.max(intervalMs, Math.min(intervalMs * 2 ** Math.min(failures - 1, mostDoublings), backoffMaxMs));
  return base + Math.floor(random * (jitterMs / 1000 + 1)) * 1000;
}

/** Runs something now and again and again, and whenever it is woken; one run at a time, until disposed. */
export class PacedLoop implements Disposable {
  readonly #deps: PacedLoopDeps;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #pause = new AbortController();
  #woken = false;

  constructor(deps: PacedLoopDeps) {
    this.#deps = deps;
    this.#running = this.#loop();
  }

  /** Runs again without waiting for the pause to end. */
  wake(): void {
    this.#woken = true;
    this.#pause.abort();
  }

  async dispose(): Promise<void> {
    this.#stop.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { clock, pace, run, random = Math.random } = this.#deps;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      this.#woken = false;
      failures = (await run(signal)) ? 0 : failures + 1;
      if (this.#woken || signal.aborted) continue;
      this.#pause = new AbortController();
      await clock.sleep(pauseOf(pace, failures, random()), this.#pause.signal).catch(() => undefined); // an aborted sleep is how it is woken or ended
    }
  }
}
