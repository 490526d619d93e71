import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Child } from './child.ts';
import { median } from './figures.ts';
import { environment, type Report } from './report.ts';
import { PoolResult, type PoolJob } from './poolJobs.ts';
import { TcpRelay } from './tcpRelay.ts';
import { certificateFile } from '../lab/tlsFiles.ts';

/** How many streams something goes wrong for: what a busy gateway runs, and fewer than one HTTP/2 connection carries. */
const running = 32;
const rounds = 5;

interface Protocol { readonly name: string; readonly http2: boolean; readonly client: Child }
interface Round { readonly closed: Measured; readonly paced: Measured; readonly busy: number; readonly open: number }
type Measured = PoolResult & { readonly cpuMicros: number };
type Row = readonly [name: string, ...values: string[]];

/** The pool of connections to the provider in HTTP/1.1 and in HTTP/2, over TLS: how fast, at what cost, and what is lost when something breaks. */
export async function measureHttp2(report: Report): Promise<void> {
  const upstream = new Child('TLS upstream', [join(import.meta.dirname, 'tlsUpstream.ts')]);
  const port = Number(await upstream.line(10_000));
  const lab = new Http2Lab(upstream, port, report);
  const protocols = [await lab.client('HTTP/1.1', false), await lab.client('HTTP/2', true)];
  const rows: Row[] = [['', ...protocols.map(({ name }) => name)], ...(await lab.speed(protocols))];
  for (const fault of Object.keys(faults) as Fault[]) rows.push(...(await lab.fault(protocols, fault)));
  const text = rows.map((row) => `| ${row.join(' | ')} |`);
  text.splice(1, 0, `|${' --- |'.repeat(protocols.length + 1)}`);
  const file = resolve(import.meta.dirname, '../../artifacts/bench-http2.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...environment(), rows, problems: report.problems }, null, 2)}\n`);
  console.log(`${text.join('\n')}\n${file}`);
}

/** `strikes`: the fault the upstream is told, or the relay's. */
interface FaultPlan { readonly strikes: string; readonly beforeContent?: boolean; readonly timeoutMs?: number }

/** What goes wrong, in the words of the table. */
const faults = {
  'a connection dies': { strikes: 'close' },
  'a connection dies before the first content event (lost ones are repeated)': { strikes: 'close', beforeContent: true },
  'the server takes no new streams on a connection (GOAWAY)': { strikes: 'goaway' },
  'one stream is reset': { strikes: 'reset' },
  'a connection falls silent': { strikes: 'stall' },
  'a connection falls silent, timeouts of 1 s': { strikes: 'stall', timeoutMs: 1_000 },
} as const satisfies Readonly<Record<string, FaultPlan>>;
type Fault = keyof typeof faults;

function affected({ lost = {}, silent = 0 }: PoolResult): string {
  return [...Object.entries(lost).map(([kind, count]) => `${count} lost (${kind})`), ...(silent > 0 ? [`${silent} silent`] : [])].join(', ');
}

class Http2Lab {
  readonly #upstream: Child;
  readonly #port: number;
  readonly #report: Report;

  constructor(upstream: Child, port: number, report: Report) {
    this.#upstream = upstream;
    this.#port = port;
    this.#report = report;
  }

  async client(name: string, http2: boolean): Promise<Protocol> {
    const client = new Child(name, [join(import.meta.dirname, 'poolClient.ts')], { NODE_EXTRA_CA_CERTS: certificateFile });
    await client.line(10_000);
    return { name, http2, client };
  }

  /** In rounds that take turns, so that whatever drifts drifts for both. */
  async speed(protocols: readonly Protocol[]): Promise<Row[]> {
    for (const protocol of protocols) {
      await this.#start(protocol, this.#port);
      await this.#run(protocol, { type: 'closed', streams: 32, ms: 3_000 });
    }
    const seen = new Map<Protocol, Round[]>(protocols.map((protocol) => [protocol, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const protocol of round % 2 === 0 ? protocols : protocols.toReversed()) seen.get(protocol)?.push(await this.#round(protocol));
    }
    const memory: number[] = [];
    for (const protocol of protocols) memory.push(await this.#memory(protocol));
    const row = (name: string, unit: string, digits: number, value: (round: Round) => number): Row => [name, ...[...seen.values()].map((all) => {
      const values = all.map(value);
      return `${median(values).toFixed(digits)} ${unit} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
    })];
    return [
      row('requests of 30 events, 32 at a time', '/s', 0, ({ closed }) => (closed.answers ?? NaN) / (closed.seconds ?? NaN)),
      row('– time to the last byte, p50', 'ms', 1, ({ closed }) => closed.p50 ?? NaN),
      row('– p99', 'ms', 1, ({ closed }) => closed.p99 ?? NaN),
      row('– CPU per request', 'µs', 0, ({ closed }) => closed.cpuMicros),
      row('256 paced streams: first event in transit, p50', 'ms', 2, ({ paced }) => paced.p50 ?? NaN),
      row('– p99', 'ms', 2, ({ paced }) => paced.p99 ?? NaN),
      row('– CPU per stream', 'µs', 0, ({ paced }) => paced.cpuMicros),
      ['connections for 32, for 256 streams', ...[...seen.values()].map((all) => `${all.at(-1)?.busy ?? NaN}, ${all.at(-1)?.open ?? NaN}`)],
      ['memory of the process with 1,000 streams open', ...memory.map((mb) => `${mb.toFixed(0)} MB`)],
    ];
  }

  async #round(protocol: Protocol): Promise<Round> {
    const idle = await this.#tell('sockets');
    await this.#start(protocol, this.#port);
    const closed = await this.#measured(protocol, { type: 'closed', streams: 32, ms: 3_000 });
    const busy = (await this.#tell('sockets')) - idle;
    const paced = await this.#measured(protocol, { type: 'paced', streams: 256, contentEvents: 4, eventsPerSecond: 1_000, ms: 5_000 });
    const open = (await this.#tell('sockets')) - idle;
    await this.#start(protocol, this.#port);
    return { closed, paced, busy, open };
  }

  async fault(protocols: readonly Protocol[], fault: Fault): Promise<Row[]> {
    const { strikes, beforeContent = false, timeoutMs = 0 }: FaultPlan = faults[fault];
    const results: { readonly hurt: PoolResult; readonly asked: PoolResult }[] = [];
    for (const protocol of protocols) {
      const relay = await TcpRelay.start(this.#port);
      await this.#start(protocol, relay.port, timeoutMs);
      await this.#run(protocol, { type: 'open', streams: running, content: !beforeContent });
      if (strikes === 'stall') relay.stallOldest();
      else await this.#tell(strikes);
      const hurt = await this.#run(protocol, { type: 'report', ms: 3_000 });
      results.push({ hurt: beforeContent ? { ...hurt, silent: 0 } : hurt, asked: await this.#run(protocol, { type: 'ask', streams: 20, ms: 3_000 }) });
      await this.#start(protocol, this.#port);
      relay.close();
    }
    return [
      [`${fault}: of ${running} running streams`, ...results.map(({ hurt }) => affected(hurt) || 'none')],
      ['– of 20 new requests', ...results.map(({ asked }) => `${asked.answers ?? 0} answered within 3 s${affected(asked) === '' ? '' : `, ${affected(asked)}`}`)],
    ];
  }

  async #memory(protocol: Protocol): Promise<number> {
    await this.#start(protocol, this.#port);
    await this.#run(protocol, { type: 'open', streams: 1_000, content: true });
    await this.#run(protocol, { type: 'report', ms: 1_000 });
    const mb = protocol.client.rssMb();
    await this.#start(protocol, this.#port);
    return mb;
  }

  async #start(protocol: Protocol, port: number, idleTimeoutMs = 0): Promise<void> {
    await this.#run(protocol, { type: 'start', origin: `https://127.0.0.1:${port}`, http2: protocol.http2, idleTimeoutMs });
  }

  async #measured(protocol: Protocol, job: PoolJob): Promise<Measured> {
    const before = protocol.client.cpu().allMs;
    const result = await this.#run(protocol, job);
    return { ...result, cpuMicros: ((protocol.client.cpu().allMs - before) * 1_000) / (result.answers ?? NaN) };
  }

  async #run({ name, client }: Protocol, job: PoolJob): Promise<PoolResult> {
    client.say(JSON.stringify(job));
    const result = PoolResult.parse(JSON.parse(await client.line(60_000)));
    for (const problem of result.problems ?? []) this.#report.addProblem(`${job.type} in ${name}: ${problem}`);
    return result;
  }

  /** Says a fault, or only asks; connections the upstream has now. */
  async #tell(line: string): Promise<number> {
    this.#upstream.say(line);
    return Number(await this.#upstream.line(5_000));
  }
}
