import type { Disposable } from '../core/scope.ts';
import type { Mirror } from './mirror.ts';

/** Countdowns and times of day go on without an event. */
const tickMs = 30_000;

/** A burst of changes is drawn together. */
const burstMs = 20;

/** Draws now, soon after every change but never twice within `restMs`, and every half minute. */
export function keepDrawn(mirror: Mirror, restMs: number, draw: () => void): Disposable {
  let timer: NodeJS.Timeout | null = null;
  let drawnAt = -Infinity;
  const drawNow = (): void => {
    timer = null;
    drawnAt = performance.now();
    draw();
  };
  const subscription = mirror.onChange(() => {
    timer ??= setTimeout(drawNow, Math.max(burstMs, drawnAt + restMs - performance.now()));
  });
  const tick = setInterval(draw, tickMs);
  drawNow();
  return {
    dispose: () => {
      if (timer) clearTimeout(timer);
      clearInterval(tick);
      void subscription.dispose();
    },
  };
}
