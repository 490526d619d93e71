import type { Bench } from './bench.ts';
import { median } from './figures.ts';
import type { JobResult } from './jobs.ts';
import type { Target } from './targets.ts';

/** How long the first content event of a stream is under way, of 256 streams that share 1,000 events a second. Lost or reordered events are problems. */
export async function measureTransit(bench: Bench): Promise<void> {
  const { report, scale, subject, bare, direct } = bench;
  const results = new Map<Target, JobResult[]>([[direct, []], [bare, []], [subject, []]]);
  for (let round = 0; round < scale.pacedRounds; round += 1) {
    const order = round % 2 === 0 ? [direct, bare, subject] : [subject, bare, direct];
    for (const target of order) results.get(target)?.push(await paced(bench, target));
  }
  const p99 = (target: Target): number => median((results.get(target) ?? []).map(({ firstTransit }) => firstTransit.p99 ?? NaN));
  const p50 = (target: Target): number => median((results.get(target) ?? []).map(({ firstTransit }) => firstTransit.p50 ?? NaN));
  const note = `p99 ${p99(subject).toFixed(2)} ms, bare ${p99(bare).toFixed(2)}, no proxy ${p99(direct).toFixed(2)}; p50 ${p50(subject).toFixed(2)}, ${p50(bare).toFixed(2)}, ${p50(direct).toFixed(2)}`;
  report.add({ name: 'first event in transit, p99 over bare', value: p99(subject) - p99(bare), unit: 'ms', digits: 2, budget: { atMost: 2 }, note });
  report.add({ name: 'first event in transit, p99 over no proxy', value: p99(subject) - p99(direct), unit: 'ms', digits: 2, budget: { atMost: 5 }, note: '256 streams, 1,000 events/s' });
  report.details['transit'] = Object.fromEntries([...results].map(([{ name }, rounds]) => [name, rounds]));
}

function paced({ load, scale }: Bench, { name, port, key }: Target): Promise<JobResult> {
  return load.run(`256 paced streams through ${name}`, { type: 'paced', port, key, streams: 256, contentEvents: 4, eventsPerSecond: 1_000, hold: 256, bodyBytes: 4_500, ms: scale.pacedMs });
}
