import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Announcement } from '../../src/contract/announcement.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { benchAccounts } from './benchAccounts.ts';
import { Child } from './child.ts';
import { loopDelayOf } from './loopDelay.ts';
import type { Report } from './report.ts';

const count = 1_000;
const headless = resolve(import.meta.dirname, '../../dist/headless.js');
const hook = new URL('./loopDelayHook.ts', import.meta.url).href;

/** The usage of a thousand accounts is read by four workers, as a poll does it: how long the engine's thread and a window's are held up meanwhile. */
export async function measurePolling(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-poll-'));
  const provider = await startProvider();
  const { port } = provider.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/backend-api`;
  const engine = new Child('engine that polls', ['--import', hook, headless], {
    HOME: folder, CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'), CODEXMANAGER_UPSTREAM_BASE_URL: `${base}/codex`, CODEXMANAGER_ISSUER: 'http://127.0.0.1:9',
  });
  try {
    await engine.line(20_000);
    const leader = Announcement.parse(JSON.parse(readFileSync(join(folder, 'leader.json'), 'utf8')));
    const rpc = new RpcClient(leader);
    await rpc.call('account/import', { contents: benchAccounts(count) });
    await refreshAll(rpc);
    const window = new Child('window of a poll', [join(import.meta.dirname, 'windowOfMany.ts')], { RPC_URL: leader.rpcUrl, TOKEN: leader.token });
    while (await window.line(60_000) !== `shown ${count}`);
    await loopDelayOf(engine);
    await loopDelayOf(window);
    const startedAt = performance.now();
    const failed = await refreshAll(rpc);
    const ms = performance.now() - startedAt;
    const [inEngine, inWindow] = [await loopDelayOf(engine), await loopDelayOf(window)];
    if (failed > 0) throw new Error(`${failed} accounts could not be read.`);
    report.add({
      name: 'usage of 1,000 accounts read: extension host blocked', value: inWindow.longest, unit: 'ms', digits: 1, budget: { atMost: 16 },
      note: `4 workers, ${(ms / 1_000).toFixed(1)} s; 10th longest ${inWindow.tenth.toFixed(1)}; engine's thread ${inEngine.longest.toFixed(1)} (10th ${inEngine.tenth.toFixed(1)})`,
    });
    report.details['polling'] = { inEngine, inWindow, ms };
    await window.end();
  } finally {
    await engine.end();
    provider.close();
    provider.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many failed. */
async function refreshAll(rpc: RpcClient): Promise<number> {
  let status = await rpc.call('account/usage/refresh/start');
  while (status.state === 'running') status = await rpc.call('account/usage/refresh/status', { refreshId: status.refreshId, seenRevision: status.revision, waitMs: 5_000 });
  return status.failed;
}

/** Answers every usage with other figures than before, as a pool in use does. */
function startProvider(): Promise<Server> {
  let answers = 0;
  const server = createServer((request, response) => {
    answers += 1;
    const window = (seconds: number): unknown => ({ used_percent: answers % 90, limit_window_seconds: seconds, reset_after_seconds: seconds - answers % 600, reset_at: 0 });
    const body = { plan_type: 'plus', rate_limit: { allowed: true, limit_reached: false, primary_window: window(18_000), secondary_window: window(604_800) }, credits: null };
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return new Promise((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', () => done(server)));
}
