import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { AccountId } from '../../src/contract/account.ts';
import { freshState, type StoredAccount } from '../../src/core/records.ts';
import { selectAccount } from '../../src/core/selectAccount.ts';
import { median, percentile, table, type Figure } from './figures.ts';
import { Load, startBare, startGatewayUnderTest, startUpstream, type Gateway, type Target, type Upstream } from './processes.ts';

const quick = process.argv.includes('--quick');
const slotMs = quick ? 1_500 : 3_000;
const rounds = quick ? 3 : 6;

interface Lab { readonly load: Load; readonly gateway: Gateway; readonly targets: Record<'gateway' | 'bare' | 'direct', Target> }

const figures: Figure[] = [];
let broken = false;

function add(name: string, value: string, budget = '', ok: boolean | null = null): void {
  figures.push({ name, value, budget, ok });
  console.log(table([{ name, value, budget, ok }]));
}

/** Requests per second of each target, in short slots that take turns, so that a drift of the machine hits all of them. */
async function throughput({ load, targets }: Lab, model: 'bench-short' | 'bench-sse', connections: number): Promise<number> {
  const rates: Record<string, number[]> = { gateway: [], bare: [], direct: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [targets.bare, targets.gateway, targets.direct] : [targets.direct, targets.gateway, targets.bare];
    for (const target of order) {
      const result = await load.run(target, { model, connections, ms: slotMs });
      broken ||= result.errors > 0;
      rates[target.name]?.push(result.requests / result.seconds);
    }
  }
  const ratio = median((rates['gateway'] ?? []).map((rate, i) => rate / (rates['bare']?.[i] ?? NaN)));
  add(`requests/s, ${model.slice(6)}, c=${connections}`, `${median(rates['gateway'] ?? []).toFixed(0)}`, `bare ${median(rates['bare'] ?? []).toFixed(0)}, no proxy ${median(rates['direct'] ?? []).toFixed(0)}`);
  return ratio;
}

async function latency({ load, targets }: Lab): Promise<void> {
  const all: Record<string, number[]> = { gateway: [], bare: [], direct: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const target of [targets.bare, targets.gateway, targets.direct]) all[target.name]?.push(...(await load.run(target, { model: 'bench-short', connections: 1, ms: slotMs / 2 })).latencies);
  }
  const at = (name: string, part: number): number => percentile(all[name] ?? [], part);
  const added = at('gateway', 0.5) - at('bare', 0.5);
  add('added p50 at one connection', `${added.toFixed(2)} ms`, `≤ 0.15 ms over bare (${at('bare', 0.5).toFixed(2)}); no proxy ${at('direct', 0.5).toFixed(2)}`, added <= 0.15);
  const added99 = at('gateway', 0.99) - at('bare', 0.99);
  add('added p99 at one connection', `${added99.toFixed(2)} ms`, `≤ 1 ms over bare (${at('bare', 0.99).toFixed(2)}); reported`);
}

async function pacedStreams({ load, targets }: Lab): Promise<void> {
  const transit: Record<string, number> = {};
  for (const target of [targets.direct, targets.bare, targets.gateway]) {
    const transits: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      const result = await load.run(target, { model: 'bench-paced', connections: 256, once: true });
      if (result.errors > 0 || result.requests !== 256) {
        broken = true;
        add(`paced streams through ${target.name}`, `${result.errors} errors, ${result.requests} of 256 complete`, 'no lost or reordered event', false);
      }
      transits.push(...result.transits);
    }
    transit[target.name] = percentile(transits, 0.99);
  }
  const { gateway = NaN, bare = NaN, direct = NaN } = transit;
  add('first event in transit, p99, 256 streams', `${gateway.toFixed(2)} ms`, `≤ 2 ms over bare (${bare.toFixed(2)}), ≤ 5 ms over direct (${direct.toFixed(2)})`, gateway - bare <= 2 && gateway - direct <= 5);
}

async function manyStreams(lab: Lab, bodyBytes: number, budgetMb: number): Promise<void> {
  const { load, gateway, targets } = lab;
  let most = gateway.rssMb();
  const timer = setInterval(() => (most = Math.max(most, gateway.rssMb())), 50);
  const result = await load.run(targets.gateway, { model: 'bench-paced', connections: 1_000, once: true, bodyBytes });
  clearInterval(timer);
  broken ||= result.requests !== 1_000 || result.errors > 0;
  add(`1,000 streams, ${(bodyBytes / 1000).toFixed(1)} KB requests`, `${result.requests} complete, ${most.toFixed(0)} MB`, `≤ ${budgetMb} MB`, result.requests === 1_000 && most <= budgetMb);
}

async function bigRequests({ load, targets }: Lab): Promise<void> {
  const quiet = await load.run(targets.gateway, { model: 'bench-paced', connections: 20, once: true });
  const second = new Load();
  const big = second.run(targets.gateway, { model: 'bench-short', connections: 1, ms: 3_000, bodyBytes: 500_000 });
  const disturbed = await load.run(targets.gateway, { model: 'bench-paced', connections: 20, once: true });
  const { requests } = await big;
  await second.child.end();
  add('longest gap of paced streams, with 500 KB requests', `${disturbed.longestGap.toFixed(1)} ms`, `${quiet.longestGap.toFixed(1)} ms without; ${requests} big requests`);
}

async function stateWrites({ gateway }: Lab): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 50; i += 1) {
    const startedAt = performance.now();
    await gateway.rpc.call('apikey/create', { name: `write ${i}` });
    times.push(performance.now() - startedAt);
  }
  add('durable state write, p50 (with its RPC)', `${median(times).toFixed(1)} ms`, '≤ 10 ms', median(times) <= 10);
}

function selection(): void {
  const accounts: StoredAccount[] = Array.from({ length: 10_000 }, (_, i) => ({
    account: { id: AccountId.parse(`a${i}`), subject: 's', chatgptAccountId: null, email: null, plan: null, label: 'l', groupName: null, sort: i, enabled: true, createdAt: 0, updatedAt: 0 },
    tokens: { idToken: null, accessToken: 'a', refreshToken: null, apiKey: null, accessExpiresAt: null, lastRefresh: 0 },
    state: { ...freshState, exhaustedUntil: i < 9_999 ? Number.MAX_SAFE_INTEGER : 0 },
  }));
  const times: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const startedAt = performance.now();
    selectAccount(accounts, { model: 'm', now: 1, tried: new Set() });
    times.push((performance.now() - startedAt) * 1000);
  }
  add('selection among 10,000 accounts, only the last eligible', `${median(times).toFixed(0)} µs`, '≤ 50 µs', median(times) <= 50);
}

async function measure(lab: Lab, paced: Lab): Promise<void> {
  add('start to serving', `${lab.gateway.startMs} ms`, '≤ 500 ms', lab.gateway.startMs <= 500);
  await throughput(lab, 'bench-sse', 32);
  figures.length = 1;
  const sse = await throughput(lab, 'bench-sse', 32);
  const short = await throughput(lab, 'bench-short', 32);
  add('pass-through c=32, 30 events', sse.toFixed(2), '≥ 0.70 of bare', sse >= 0.7);
  add('pass-through c=32, small answer', short.toFixed(2), '≥ 0.70 of bare', short >= 0.7);
  console.log(`pass-through c=32 ratio ${Math.min(sse, short).toFixed(2)}`);
  await latency(lab);
  await pacedStreams(paced);
  if (!quick) {
    await throughput(lab, 'bench-sse', 1);
    await manyStreams(paced, 4_500, 250);
    await manyStreams(paced, 100_000, 400);
    await bigRequests(paced);
  }
  await stateWrites(lab);
  selection();
  for (const file of ['engine.js', 'store.js', 'headless.js', 'sql-wasm.wasm']) add(`dist/${file}`, `${(statSync(`dist/${file}`).size / 1024).toFixed(0)} KB`);
}

async function prepare(upstream: Upstream, load: Load): Promise<{ lab: Lab; end: () => Promise<void> }> {
  const bare = await startBare(upstream.port);
  const gateway = await startGatewayUnderTest(upstream.port);
  const target = (name: string, port: number): Target => ({ name, port, path: '/v1/responses', key: gateway.key });
  const targets = { gateway: target('gateway', gateway.port), bare: target('bare', bare.port), direct: target('direct', upstream.port) };
  return {
    lab: { load, gateway, targets },
    end: async () => {
      await gateway.end();
      await bare.child.end();
      await upstream.child.end();
    },
  };
}

async function main(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, load ${loadavg()[0]?.toFixed(2)}`);
  const load = new Load();
  const fast = await prepare(await startUpstream(), load);
  const paced = await prepare(await startUpstream({ PACE_MS: '256', PACED_EVENTS: quick ? '12' : '24' }), load);
  try {
    await measure(fast.lab, paced.lab);
  } finally {
    await fast.end();
    await paced.end();
    await load.child.end();
  }
  mkdirSync('artifacts', { recursive: true });
  writeFileSync('artifacts/bench.json', JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, load: loadavg(), figures }, null, 2));
  console.log(`\n${table(figures)}`);
  if (broken) console.error('A correctness rule was broken: see the figures.');
  if (broken || (process.argv.includes('--check') && figures.some(({ ok }) => ok === false))) process.exitCode = 1;
}

await main();
