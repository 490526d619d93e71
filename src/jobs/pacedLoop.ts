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

/** Runs something now and again and again, one run at a time, until disposed. */
export class PacedLoop implements Disposable {
  readonly #deps: PacedLoopDeps;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: PacedLoopDeps) {
    this.#deps = deps;
    this.#running = this.#loop();
  }

  async dispose(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { clock, pace, run, random = Math.random } = this.#deps;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      failures = (await run(signal)) ? 0 : failures + 1;
      await clock.sleep(pauseOf(pace, failures, random()), signal).catch(() => undefined); // an aborted sleep is how the loop ends
    }
  }
}
