import type { Bench } from './bench.ts';
import type { Target } from './targets.ts';

const streams = 1_000;

/** A thousand streams at once through a process that has done nothing before: all complete, and how much memory they take at most. */
export async function measureManyStreams(bench: Bench, bodyBytes: number, budgetMb: number): Promise<void> {
  const { freshGateway, report } = bench;
  if (!freshGateway) return;
  const gateway = await freshGateway();
  try {
    const idleMb = gateway.child.rssMb();
    const { mostMb, complete } = await openStreams(bench, gateway, bodyBytes);
    const size = `${bodyBytes / 1_000} KB requests`;
    report.add({ name: `memory of ${streams} streams, ${size}`, value: mostMb, unit: 'MB', digits: 0, budget: { atMost: budgetMb }, note: `${complete} of ${streams} complete; ${idleMb.toFixed(0)} MB before` });
    if (complete !== streams) report.addProblem(`${complete} of ${streams} streams with ${size} were complete`);
  } finally {
    await gateway.end();
  }
}

async function openStreams({ load }: Bench, { name, port, key, child }: Target, bodyBytes: number): Promise<{ readonly mostMb: number; readonly complete: number }> {
  let mostMb = child.rssMb();
  const timer = setInterval(() => (mostMb = Math.max(mostMb, child.rssMb())), 25);
  try {
    const job = { type: 'paced', port, key, streams, contentEvents: 8, eventsPerSecond: 2_000, hold: streams, bodyBytes, ms: 0 } as const;
    const { answers: complete } = await load.run(`${streams} streams through ${name}`, job);
    return { complete, mostMb };
  } finally {
    clearInterval(timer);
  }
}
