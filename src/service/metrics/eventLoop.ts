import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Disposable } from '../../core/scope.ts';

const resolutionMs = 20;
const quantiles = [50, 90, 99] as const;

/** How long the engine's thread was held up, measured from the first time somebody asks: until then nobody pays for it. */
export class EventLoopDelay implements Disposable {
  #histogram: IntervalHistogram | null = null;

  /** Seconds by quantile since the last call; nothing the first time. */
  read(): ReadonlyMap<string, number> {
    const histogram = this.#histogram;
    if (!histogram) {
      this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
      this.#histogram.enable();
      return new Map();
    }
    const delay = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
    const read = new Map([...quantiles.map((quantile) => [String(quantile / 100), delay(histogram.percentile(quantile))] as const), ['1', delay(histogram.max)] as const]);
    histogram.reset();
    return read;
  }

  dispose(): void {
    this.#histogram?.disable();
  }
}
