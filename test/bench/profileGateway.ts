import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGatewayUnderTest } from './gatewayUnderTest.ts';
import type { Load } from './load.ts';
import { selfTimes, type CpuProfile } from './selfTimes.ts';
import type { Target } from './targets.ts';

const loadMs = 8_000;
const mostRows = 30;

/** Where the gateway's CPU time goes under full load: the functions with the most time of their own, thread by thread. */
export async function profileGateway(direct: Target, load: Load): Promise<void> {
  for (const kind of ['sse', 'json'] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'codexmanager-profile-'));
    const gateway = await startGatewayUnderTest(direct.port, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    const { answers, seconds } = await load.run('profile', { type: 'closedLoop', port: gateway.port, key: gateway.key, kind, connections: 32, ms: loadMs });
    await gateway.end();
    console.log(`\n${kind}, c=32: ${(answers / seconds).toFixed(0)} requests/s while profiled`);
    for (const file of readdirSync(folder)) printProfile(join(folder, file), answers);
    rmSync(folder, { recursive: true, force: true });
  }
}

function printProfile(file: string, answers: number): void {
  const maps = new Map<string, SourceMap | null>();
  const rows = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, (url, line, column) => original(maps, url, line, column));
  const busy = rows.filter(({ name }) => name !== '(idle)' && name !== '(program)').reduce((sum, { micros }) => sum + micros, 0);
  if (busy < 100_000) return;
  console.log(`\n${basename(file)}: busy ${(busy / 1e6).toFixed(2)} s, ${(busy / answers).toFixed(1)} µs per request`);
  for (const { name, micros } of rows.slice(0, mostRows)) console.log(`${((micros * 100) / busy).toFixed(1).padStart(6)} %  ${(micros / answers).toFixed(2).padStart(7)} µs  ${name}`);
}

/** `file:line` in the sources for a place in a bundle; null for what is no bundle of ours. */
function original(maps: Map<string, SourceMap | null>, url: string, line: number, column: number): string | null {
  if (!maps.has(url)) maps.set(url, readMap(url));
  const entry = maps.get(url)?.findEntry(line, column);
  return entry && 'originalSource' in entry ? `${entry.originalSource.replace(/^.*(?:\.\.\/)+/, '')}:${entry.originalLine + 1}` : null;
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${url.startsWith('file:') ? fileURLToPath(url) : url}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return null; // Node's own modules have none.
  }
}
