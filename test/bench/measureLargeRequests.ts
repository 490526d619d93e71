import type { Bench } from './bench.ts';
import { median } from './figures.ts';
import { Load } from './load.ts';
import type { Target } from './targets.ts';

/** What a 500 KB request every 100 ms does to the streams of others: how much longer the longest transit in each quarter of a second becomes. */
export async function measureLargeRequests(bench: Bench): Promise<void> {
  const { report, subject, bare } = bench;
  const second = await Load.start(report.addProblem);
  const stalls = new Map<Target, { calm: number[]; busy: number[] }>([[bare, { calm: [], busy: [] }], [subject, { calm: [], busy: [] }]]);
  for (let round = 0; round < bench.scale.pacedRounds; round += 1) {
    for (const [target, { calm, busy }] of stalls) {
      calm.push(...(await worstTransits(bench, target)));
      const large = second.run(`500 KB requests through ${target.name}`, { type: 'steady', port: target.port, key: target.key, bodyBytes: 500_000, everyMs: 100, ms: bench.scale.pacedMs });
      busy.push(...(await worstTransits(bench, target)));
      await large;
    }
  }
  await second.child.end();
  const added = (target: Target): number => median(stalls.get(target)?.busy ?? []) - median(stalls.get(target)?.calm ?? []);
  const { calm = [], busy = [] } = stalls.get(subject) ?? {};
  report.add({
    name: 'stall by 500 KB requests', value: added(subject), unit: 'ms', digits: 2, budget: { atMost: 2 },
    note: `longest transit ${median(busy).toFixed(2)} ms with, ${median(calm).toFixed(2)} without; added by bare ${added(bare).toFixed(2)}`,
  });
  report.details['large requests'] = Object.fromEntries([...stalls].map(([{ name }, windows]) => [name, windows]));
}

async function worstTransits({ load, scale }: Bench, { name, port, key }: Target): Promise<number[]> {
  const job = { type: 'paced', port, key, streams: 64, contentEvents: 16, eventsPerSecond: 1_000, hold: 64, bodyBytes: 4_500, ms: scale.pacedMs / 2 } as const;
  return (await load.run(`64 paced streams through ${name}`, job)).worstTransits;
}
