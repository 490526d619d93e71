import type { Disposable } from '../core/scope.ts';
import type { Mirror } from './mirror.ts';

/** Countdowns and times of day go on without an event. */
const tickMs = 30_000;

/** Draws now, within `quietMs` of every change (bursts are drawn together), and every half minute. */
export function keepDrawn(mirror: Mirror, quietMs: number, draw: () => void): Disposable {
  let timer: NodeJS.Timeout | null = null;
  const subscription = mirror.onChange(() => {
    timer ??= setTimeout(() => {
      timer = null;
      draw();
    }, quietMs);
  });
  const tick = setInterval(draw, tickMs);
  draw();
  return {
    dispose: () => {
      if (timer) clearTimeout(timer);
      clearInterval(tick);
      void subscription.dispose();
    },
  };
}
