import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fullScale, quickScale, type Bench } from './bench.ts';
import { endAll } from './child.ts';
import { median } from './figures.ts';
import { startGatewayUnderTest, type GatewayUnderTest } from './gatewayUnderTest.ts';
import { Load } from './load.ts';
import { measureBlockedHost } from './measureBlockedHost.ts';
import { measureBundles } from './measureBundles.ts';
import { measureHttp2 } from './measureHttp2.ts';
import { measureLargeRequests } from './measureLargeRequests.ts';
import { measureLatency } from './measureLatency.ts';
import { measureLog } from './measureLog.ts';
import { measureManyAccounts } from './measureManyAccounts.ts';
import { measureManyStreams } from './measureManyStreams.ts';
import { measurePolling } from './measurePolling.ts';
import { measureSelection } from './measureSelection.ts';
import { measureStateWrites } from './measureStateWrites.ts';
import { measureThroughput, warmUp } from './measureThroughput.ts';
import { measureTransit } from './measureTransit.ts';
import { profileGateway } from './profileGateway.ts';
import { environment, isMet, Report, table } from './report.ts';
import { startBare, startUpstream } from './targets.ts';

/**
 * `npm run bench`: the gateway against a bare proxy and against no proxy, in one run. Flags: --quick (two minutes), --check (a missed budget fails),
 * --self (the baseline against itself: how fair the method is), --profile (where the gateway's CPU time goes), --http2 (only HTTP/2 against HTTP/1.1 to the provider, see docs/upstream.md).
 */
const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, check: { type: 'boolean' }, self: { type: 'boolean' }, profile: { type: 'boolean' }, http2: { type: 'boolean' } } });
const report = new Report();
const mostMs = flags.quick ? 240_000 : 900_000;

async function main(): Promise<void> {
  const facts = { ...environment(), startedAt: new Date().toISOString(), quick: flags.quick === true };
  console.log(Object.entries(facts).map(([name, value]) => `${name} ${value}`).join(', '));
  if (flags.http2) return measureHttp2(report);
  const direct = await startUpstream();
  if (flags.profile) return profileGateway(direct, await Load.start(report.addProblem));
  const start = flags.self ? null : (): Promise<GatewayUnderTest> => startGatewayUnderTest(direct.port);
  const gateways = start ? [await start(), await start()] : [];
  try {
    const [subject, twin] = [gateways[0] ?? (await startBare('bare again', direct.port)), gateways[1] ?? (await startBare('bare again', direct.port))];
    await measure({
      scale: flags.quick ? quickScale : fullScale, report, load: await Load.start(report.addProblem), freshGateway: start,
      subject, direct, bare: await startBare('bare', direct.port), twins: { subject: twin, bare: await startBare('bare', direct.port) },
    }, gateways);
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.end()));
  }
  conclude(facts);
}

async function measure(bench: Bench, gateways: readonly GatewayUnderTest[]): Promise<void> {
  const [gateway] = gateways;
  if (gateway) report.add({ name: 'start to first answer', value: median(gateways.map(({ startMs }) => startMs)), unit: 'ms', digits: 0, budget: { atMost: 500 }, note: 'new database; process start to GET /health' });
  await warmUp(bench, 1_500);
  const sse = await measureThroughput(bench, 'sse', 32);
  const json = await measureThroughput(bench, 'json', 32);
  console.log(summaryLine(sse.ratio, json.ratio));
  await measureThroughput({ ...bench, scale: { ...bench.scale, pairs: Math.ceil(bench.scale.pairs / 3) } }, 'sse', 1);
  await measureThroughput({ ...bench, scale: { ...bench.scale, pairs: Math.ceil(bench.scale.pairs / 3) } }, 'json', 1);
  await measureLatency(bench, 'json');
  await measureLatency(bench, 'sse');
  await measureTransit(bench);
  await measureLargeRequests(bench);
  if (gateway) await measureBlockedHost(bench);
  await measureManyStreams(bench, 4_500, 250);
  await measureManyStreams(bench, 100_000, 400);
  if (gateway) await measureStateWrites(report, gateway.rpc);
  if (gateway) await measureManyAccounts(report);
  if (gateway) await measurePolling(report);
  if (gateway && !flags.quick) await measureLog(report);
  measureSelection(report);
  measureBundles(report);
}

/** A stream is passed through; a JSON answer is put together from a stream, because the provider gives nothing else. */
function summaryLine(sse: number, json: number): string {
  return `pass-through c=32 ratio ${sse.toFixed(2)} (30 events); assembled JSON c=32 ratio ${json.toFixed(2)}`;
}

function conclude(facts: Readonly<Record<string, unknown>>): void {
  const file = resolve(import.meta.dirname, `../../artifacts/bench${flags.self ? '-self' : ''}.json`);
  report.write(file, { ...facts, loadAverageAfter: environment()['loadAverage'] });
  const ratioOf = (kind: string): number => report.figures.find(({ name }) => name === `requests/s over bare, ${kind}, c=32`)?.value ?? NaN;
  console.log(`\n${table(report.figures)}\n\n${summaryLine(ratioOf('30 events'), ratioOf('small JSON'))}\n${file}`);
  const missed = report.figures.filter((figure) => isMet(figure) === false);
  if (report.problems.length > 0) console.error(`${report.problems.length} rules of correctness were broken; see above.`);
  if (report.problems.length > 0 || (flags.check && missed.length > 0)) process.exitCode = 1;
}

async function fail(reason: string): Promise<never> {
  console.error(`bench: ${reason}`);
  await endAll();
  process.exit(1);
}

setTimeout(() => void fail(`not done after ${mostMs / 1_000} s`), mostMs).unref();
process.once('SIGINT', () => void fail('interrupted'));
process.once('SIGTERM', () => void fail('ended'));
try {
  await main();
} catch (thrown) {
  await fail(thrown instanceof Error ? (thrown.stack ?? thrown.message) : 'unknown cause');
}
await endAll();
