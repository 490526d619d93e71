import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../core/appError.ts';

/** Long work on a thread that carries streams: done in slices of at most `sliceMs`, with room for everything else in between. */
export class Slices {
  readonly #signal: AbortSignal | null;
  readonly #sliceMs: number;
  #since = performance.now();

  constructor(signal: AbortSignal | null = null, sliceMs = 2) {
    this.#signal = signal;
    this.#sliceMs = sliceMs;
  }

  /** Whether it is time to rest(). Costs next to nothing, so that it can be asked for every item. */
  get due(): boolean {
    return performance.now() - this.#since >= this.#sliceMs;
  }

  /** Lets everybody else go first. Rejects with `cancelled` when nobody wants the work any more. */
  async rest(): Promise<void> {
    await nextTurn();
    if (this.#signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
    this.#since = performance.now();
  }
}
