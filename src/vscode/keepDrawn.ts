import type { Disposable } from '../core/scope.ts';

/** Countdowns and times of day go on without an event. */
export const tickMs = 30_000;

/** A burst of changes is drawn together. */
const burstMs = 20;

/** Something that says when what it holds is another. */
export interface Changes { onChange(listener: () => void): Disposable }

/** Draws now, soon after every change but never twice within `restMs`, and every half minute, or when `nextMs` says after each drawing. */
export function keepDrawn(sources: readonly Changes[], restMs: number, draw: () => void, nextMs: () => number = () => tickMs): Disposable {
  let timer: NodeJS.Timeout | null = null;
  let tick: NodeJS.Timeout | undefined;
  let drawnAt = -Infinity;
  const drawNow = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    clearTimeout(tick);
    drawnAt = performance.now();
    draw();
    tick = setTimeout(drawNow, nextMs());
  };
  const subscriptions = sources.map((source) => source.onChange(() => {
    timer ??= setTimeout(drawNow, Math.max(burstMs, drawnAt + restMs - performance.now()));
  }));
  drawNow();
  return {
    dispose: () => {
      if (timer) clearTimeout(timer);
      clearTimeout(tick);
      for (const subscription of subscriptions) void subscription.dispose();
    },
  };
}
