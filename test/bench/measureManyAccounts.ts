import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Announcement } from '../../src/contract/announcement.ts';
import type { Account } from '../../src/contract/account.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { benchAccounts } from './benchAccounts.ts';
import { Child } from './child.ts';
import { loopDelayOf, type LoopDelay } from './loopDelay.ts';
import type { Report } from './report.ts';

const count = 10_000;
const headless = resolve(import.meta.dirname, '../../dist/headless.js');
const hook = new URL('./loopDelayHook.ts', import.meta.url).href;
/** What a busy machine does to a thread that has nothing to do is measured for so long. */
const idleMs = 2_000;

interface Sides { readonly engine: LoopDelay; readonly window: LoopDelay }

/** A pool of ten thousand accounts is imported, changed by the hundred and heard by a new window: how long the engine's thread and the window's are held up. */
export async function measureManyAccounts(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-many-'));
  const engine = new Child('engine of many accounts', ['--import', hook, headless], {
    HOME: folder, CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'),
    CODEXMANAGER_UPSTREAM_BASE_URL: 'http://127.0.0.1:9', CODEXMANAGER_ISSUER: 'http://127.0.0.1:9', CODEXMANAGER_DISABLE_POLLING: '1',
  });
  try {
    await engine.line(20_000);
    const leader = Announcement.parse(JSON.parse(readFileSync(join(folder, 'leader.json'), 'utf8')));
    const rpc = new RpcClient(leader);
    const window = windowOf(leader);
    const loops = async (): Promise<Sides> => ({ engine: await loopDelayOf(engine), window: await loopDelayOf(window) });
    await window.line(10_000);
    await loops();
    await sleep(idleMs);
    const idle = await loops();
    const startedAt = performance.now();
    const importId = await readAll(rpc, folder);
    const read = await loops();
    await rpc.call('account/import/commit', { importId });
    await reach(rpc, importId, 'done');
    const importMs = performance.now() - startedAt;
    await showing(window, count);
    const stored = await loops();
    const { items } = await rpc.call('account/list');
    await loops();
    await changeAll(rpc, items);
    await sleep(idleMs);
    const changed = await loops();
    const late = windowOf(leader);
    await showing(late, count);
    const opened = { engine: await loopDelayOf(engine), window: await loopDelayOf(late) };
    tell(report, { idle, read, stored, changed, opened }, importMs);
    await Promise.all([window.end(), late.end()]);
  } finally {
    await engine.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function windowOf({ rpcUrl, token }: Announcement): Child {
  return new Child('window of many accounts', [join(import.meta.dirname, 'windowOfMany.ts')], { RPC_URL: rpcUrl, TOKEN: token });
}

async function showing(window: Child, accounts: number): Promise<void> {
  while (await window.line(60_000) !== `shown ${accounts}`);
}

/** The import's id, once everything is read. */
async function readAll(rpc: RpcClient, folder: string): Promise<string> {
  const file = join(folder, 'accounts.jsonl');
  writeFileSync(file, benchAccounts(count).join('\n'));
  const { importId } = await rpc.call('account/import/start', { paths: [file] });
  await reach(rpc, importId, 'ready');
  return importId;
}

async function reach(rpc: RpcClient, importId: string, state: string): Promise<void> {
  let status = await rpc.call('account/import/status', { importId });
  while (status.state !== state) {
    if (status.state === 'failed') throw new Error(status.message ?? 'The import failed.');
    status = await rpc.call('account/import/status', { importId, seenRevision: status.revision, waitMs: 1_000 });
  }
}

/** As a poll does: a hundred accounts at a time. */
async function changeAll(rpc: RpcClient, items: readonly Account[]): Promise<void> {
  for (let i = 0; i < items.length; i += 100) await rpc.call('account/updateMany', { accountIds: items.slice(i, i + 100).map(({ id }) => id), enabled: false });
}

function tell(report: Report, phases: Readonly<Record<'idle' | 'read' | 'stored' | 'changed' | 'opened', Sides>>, importMs: number): void {
  for (const side of ['engine', 'window'] as const) {
    const told = (phase: keyof typeof phases): string => {
      const { longest, tenth, byClock } = phases[phase][side];
      return `${longest.toFixed(1)} (10th ${tenth.toFixed(1)}, by the clock ${byClock.toFixed(1)})`;
    };
    report.add({
      name: `${count.toLocaleString('en')} accounts: ${side === 'engine' ? 'engine\'s thread held up' : 'extension host blocked'}`, value: Math.max(...[phases.stored, phases.changed, phases.opened].map((sides) => sides[side].longest)), unit: 'ms', digits: 1,
      budget: side === 'engine' ? null : { atMost: 16 },
      note: `stored ${told('stored')}; changed ${told('changed')}; a new window ${told('opened')}; import in ${(importMs / 1_000).toFixed(1)} s, its reading ${told('read')}; idle ${told('idle')}`,
    });
  }
  report.details['many accounts'] = phases;
}
