import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGatewayUnderTest } from './gatewayUnderTest.ts';
import type { Load } from './load.ts';
import { ownerTimes, selfTimes, type CpuProfile, type Spent } from './selfTimes.ts';
import { startBare, type Target } from './targets.ts';

const loadMs = 6_000;
const mostRows = 25;

type Profiled = (nodeArgs: readonly string[]) => Promise<Target & { end(): Promise<void> }>;

/** Where CPU time goes under full load, thread by thread, for the baseline and the gateway. */
export async function profileGateway(direct: Target, load: Load): Promise<void> {
  const bare: Profiled = async (nodeArgs) => {
    const target = await startBare('bare', direct.port, nodeArgs);
    return { ...target, end: () => target.child.end() };
  };
  for (const kind of ['sse', 'json'] as const) {
    await profile(bare, load, kind);
    await profile((nodeArgs) => startGatewayUnderTest(direct.port, nodeArgs), load, kind);
  }
}

async function profile(start: Profiled, load: Load, kind: 'sse' | 'json'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-profile-'));
  const target = await start(['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const { answers, seconds } = await load.run('profile', { type: 'closedLoop', port: target.port, key: target.key, kind, connections: 32, ms: loadMs });
  await target.end();
  console.log(`\n=== ${target.name}, ${kind}, c=32: ${(answers / seconds).toFixed(0)} requests/s while profiled`);
  for (const file of readdirSync(folder)) printProfile(join(folder, file), answers);
  rmSync(folder, { recursive: true, force: true });
}

function printProfile(file: string, answers: number): void {
  const maps = new Map<string, SourceMap | null>();
  const locate = (url: string, line: number, column: number): string | null => original(maps, url, line, column);
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const self = selfTimes(parsed, locate);
  const busy = self.reduce((sum, { micros }) => sum + micros, 0);
  if (busy < 300_000) return;
  console.log(`\n${basename(file)}: ${(busy / answers).toFixed(1)} µs per request`);
  printRows('the functions themselves', self, answers);
  printRows('with what they call outside src/', ownerTimes(parsed, locate), answers);
}

function printRows(title: string, rows: readonly Spent[], answers: number): void {
  console.log(`  ${title}`);
  for (const { name, micros } of rows.slice(0, mostRows)) console.log(`${(micros / answers).toFixed(2).padStart(9)} µs  ${name}`);
}

/** `file:line` in the sources for a place in a bundle; null for what is no bundle of ours. */
function original(maps: Map<string, SourceMap | null>, url: string, line: number, column: number): string | null {
  if (!maps.has(url)) maps.set(url, readMap(url));
  const entry = maps.get(url)?.findEntry(line, column);
  return entry && 'originalSource' in entry ? `${entry.originalSource.replace(/^(?:\.\.\/)+/, '')}:${entry.originalLine + 1}` : null;
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${url.startsWith('file:') ? fileURLToPath(url) : url}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return null; // Node's own modules have none.
  }
}
