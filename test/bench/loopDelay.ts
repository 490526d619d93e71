import { openSync, readSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Child } from './child.ts';

/** How long a thread's event loop was held up, ms: `longest` and the tenth longest of what it was busy itself, and the longest by the clock, for which others that had the processor count too. */
export const LoopDelay = z.object({ longest: z.number(), tenth: z.number(), byClock: z.number() });
export type LoopDelay = z.infer<typeof LoopDelay>;
const Line = z.object({ loop: LoopDelay });

/**
 * Loaded into a process (`node --import`), or called by it: on SIGUSR2 it says how its main thread's event loop did since the last time. A timer is due
 * every millisecond; what it is late by, as far as this thread was running meanwhile, is what anybody else on it had to wait.
 */
export function watchLoop(): void {
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const bytes = Buffer.alloc(100);
  const ranMs = (): number => Number(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)).split(' ', 1)[0]) / 1e6;
  let [at, ran] = [performance.now(), ranMs()];
  let [byClock, held] = [0, [] as number[]];
  setInterval(() => {
    const [nowAt, nowRan] = [performance.now(), ranMs()];
    const late = nowAt - at - 1;
    byClock = Math.max(byClock, late);
    if (late > 0.5) held.push(Math.min(late, nowRan - ran));
    [at, ran] = [nowAt, nowRan];
  }, 1).unref();
  process.on('SIGUSR2', () => {
    const sorted = held.sort((a, b) => b - a);
    process.stdout.write(`${JSON.stringify({ loop: { longest: sorted[0] ?? 0, tenth: sorted[9] ?? 0, byClock } })}\n`);
    [byClock, held] = [0, []];
  });
}

/** Asks a child that watches its loop; what else it says is passed over. */
export async function loopDelayOf(child: Child): Promise<LoopDelay> {
  process.kill(child.pid, 'SIGUSR2');
  for (;;) {
    const line = await child.line(10_000);
    if (line.startsWith('{"loop"')) return Line.parse(JSON.parse(line)).loop;
  }
}
