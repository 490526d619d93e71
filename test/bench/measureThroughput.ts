import type { Bench } from './bench.ts';
import { median } from './figures.ts';
import type { JobResult } from './jobs.ts';
import { machineCpuMs } from './machineCpu.ts';
import type { Target } from './targets.ts';

/** One slot of load on one target. */
interface Slot {
  readonly rate: number;
  /** CPU per request of all threads, and of the one that serves. */
  readonly cpuMicros: number;
  readonly mainMicros: number;
  /** What processes that are not ours took meanwhile, in parts of a core: with more than a tenth the rates are doubtful. */
  readonly others: number;
  readonly result: JobResult;
}

export interface Throughput {
  /** Requests per second of the subject as a part of the baseline's: the median over pairs of neighbouring slots. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

/** Requests per second of subject and baseline in slots that take turns, so that whatever drifts drifts for both; without a proxy after every third pair. */
export async function measureThroughput(bench: Bench, kind: 'json' | 'sse', connections: number): Promise<Throughput> {
  const { scale, report, direct } = bench;
  const slots: Record<'subject' | 'bare' | 'direct', Slot[]> = { subject: [], bare: [], direct: [] };
  const run = async (side: keyof typeof slots, target: Target): Promise<void> => void slots[side].push(await slot(bench, target, { kind, connections }));
  for (let pair = 0; pair < scale.pairs; pair += 1) {
    const { subject, bare } = pair % 4 < 2 ? bench : bench.twins;
    if (pair % 2 === 0) await run('subject', subject);
    await run('bare', bare);
    if (pair % 2 === 1) await run('subject', subject);
    if (pair % 3 === 0) await run('direct', direct);
  }
  const ratios = slots.subject.map(({ rate }, i) => rate / (slots.bare[i]?.rate ?? NaN));
  const ratio = median(ratios);
  const name = `${kind === 'sse' ? '30 events' : 'small JSON'}, c=${connections}`;
  const rates = (of: readonly Slot[]): number => median(of.map(({ rate }) => rate));
  const cpu = (of: readonly Slot[]): number => median(of.map(({ cpuMicros }) => cpuMicros));
  const main = (of: readonly Slot[]): number => median(of.map(({ mainMicros }) => mainMicros));
  report.add({
    name: `requests/s over bare, ${name}`, value: ratio, unit: '', digits: 2, budget: connections === 32 ? { atLeast: 0.7 } : null,
    note: `${rates(slots.subject).toFixed(0)}/s, bare ${rates(slots.bare).toFixed(0)}, no proxy ${rates(slots.direct).toFixed(0)}; pairs ${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}; other programs took ${(othersOf(slots.subject, slots.bare) * 100).toFixed(0)} % of a core`,
  });
  report.add({ name: `CPU per request over bare, ${name}`, value: cpu(slots.subject) / cpu(slots.bare), unit: '×', digits: 2, budget: null, note: `${cpu(slots.subject).toFixed(0)} µs, of which main thread ${main(slots.subject).toFixed(0)}; bare ${cpu(slots.bare).toFixed(0)}, main thread ${main(slots.bare).toFixed(0)}` });
  report.details[`throughput ${name}`] = { ratios, subject: slots.subject.map(detail), bare: slots.bare.map(detail), direct: slots.direct.map(detail) };
  return { ratio, ratios };
}

/** The mean over all slots. */
function othersOf(...sides: readonly (readonly Slot[])[]): number {
  const slots = sides.flat();
  return slots.reduce((sum, { others }) => sum + others, 0) / slots.length;
}

async function slot({ load, scale, direct }: Bench, target: Target, { kind, connections }: { readonly kind: 'json' | 'sse'; readonly connections: number }): Promise<Slot> {
  const ours = (): number => [target, direct, load].reduce((sum, { child }) => sum + child.cpu().allMs, target === direct ? -direct.child.cpu().allMs : 0);
  const before = target.child.cpu();
  const othersBefore = machineCpuMs() - ours();
  const result = await load.run(`${kind} c=${connections} through ${target.name}`, { type: 'closedLoop', port: target.port, key: target.key, kind, connections, ms: scale.slotMs });
  const after = target.child.cpu();
  const micros = (ms: number): number => (ms * 1_000) / result.answers;
  const others = Math.max(0, machineCpuMs() - ours() - othersBefore) / (result.seconds * 1_000);
  return { rate: result.answers / result.seconds, others, cpuMicros: micros(after.allMs - before.allMs), mainMicros: micros(after.mainMs - before.mainMs), result };
}

function detail({ rate, cpuMicros, mainMicros, others, result }: Slot): Readonly<Record<string, unknown>> {
  return { rate, cpuMicros, mainMicros, others, latencyMs: result.latencies[0] };
}

/** Brings every target to its working speed; nothing of it is counted. */
export async function warmUp(bench: Bench, ms: number): Promise<void> {
  const { load, subject, bare, direct, twins } = bench;
  for (const kind of ['json', 'sse'] as const) {
    for (const { name, port, key } of [subject, bare, twins.subject, twins.bare, direct]) await load.run(`warm-up of ${name}`, { type: 'closedLoop', port, key, kind, connections: 32, ms });
  }
}
