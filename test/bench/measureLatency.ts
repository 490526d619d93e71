import type { Bench } from './bench.ts';

/** What the subject adds to a request that is alone, against the baseline and against no proxy, in blocks of twenty that take turns. */
export async function measureLatency({ load, report, scale, subject, bare, direct }: Bench, kind: 'json' | 'sse'): Promise<void> {
  const targets = [subject, bare, direct].map(({ port, key }) => ({ port, key }));
  const { latencies } = await load.run(`latency, ${kind}`, { type: 'alternate', targets, kind, block: 20, ms: scale.latencyMs });
  const [ours, theirs, none] = latencies;
  const name = `at one connection, ${kind === 'sse' ? '30 events' : 'small JSON'}`;
  for (const part of ['p50', 'p99'] as const) {
    const [a, b, c] = [ours?.[part] ?? NaN, theirs?.[part] ?? NaN, none?.[part] ?? NaN];
    report.add({
      name: `added ${part} ${name}`, value: a - b, unit: 'ms', digits: 3, budget: part === 'p50' ? { atMost: 0.15 } : null,
      note: `${a.toFixed(3)} ms, bare ${b.toFixed(3)}, no proxy ${c.toFixed(3)}; over no proxy ${(a - c).toFixed(3)}${part === 'p99' ? '; asked ≤ 1 on a quiet machine' : ''}`,
    });
  }
  report.details[`latency ${kind}`] = { subject: ours, bare: theirs, direct: none };
}
