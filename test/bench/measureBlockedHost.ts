import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { RpcClient } from '../../src/rpc/client.ts';
import type { Bench } from './bench.ts';
import { benchAccounts } from './benchAccounts.ts';
import { Child } from './child.ts';
import { median } from './figures.ts';
import type { Target } from './targets.ts';

const blockMs = 200;
/** What a stream may be later for it: a block that reached the gateway would make it `blockMs`. */
const mostAddedMs = 20;
const Ready = z.object({ rpcUrl: z.string(), token: z.string(), port: z.number() });

/** What another extension that blocks the extension host's main thread does to streams: their longest transit in each quarter of a second. */
export async function measureBlockedHost(bench: Bench): Promise<void> {
  const worst: Record<'free' | 'blocked', number[]> = { free: [], blocked: [] };
  for (let round = 0; round < bench.scale.pacedRounds; round += 1) {
    for (const side of ['free', 'blocked'] as const) worst[side].push(...(await underHost(bench, side === 'free' ? 0 : blockMs)));
  }
  const added = median(worst.blocked) - median(worst.free);
  bench.report.add({
    name: `stall by a host blocked ${blockMs} ms every second`, value: added, unit: 'ms', digits: 2, budget: { atMost: mostAddedMs },
    note: `longest transit ${median(worst.blocked).toFixed(2)} ms blocked, ${median(worst.free).toFixed(2)} free; worst of all ${Math.max(...worst.blocked).toFixed(1)}`,
  });
  bench.report.details['blocked host'] = worst;
}

async function underHost({ load, scale, direct }: Bench, blocked: number): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-host-'));
  const host = await startHost(direct.port, folder, blocked);
  try {
    const job = { type: 'paced', port: host.port, key: host.key, streams: 64, contentEvents: 16, eventsPerSecond: 1_000, hold: 64, bodyBytes: 4_500, ms: scale.pacedMs } as const;
    return (await load.run(`64 paced streams through ${host.name}`, job)).worstTransits;
  } finally {
    await host.child.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startHost(upstreamPort: number, folder: string, blocked: number): Promise<Target> {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const name = blocked > 0 ? 'an engine in a blocked host' : 'an engine in a free host';
  const child = new Child(name, [join(import.meta.dirname, 'hostWithEngine.ts')], {
    HOME: folder, BLOCK_MS: String(blocked), CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'),
    CODEXMANAGER_UPSTREAM_BASE_URL: `${upstream}/backend-api/codex`, CODEXMANAGER_ISSUER: upstream, CODEXMANAGER_USAGE_BASE_URL: upstream,
  });
  const ready = Ready.parse(JSON.parse(await child.line(20_000)));
  const rpc = new RpcClient(ready);
  await rpc.call('account/import', { contents: benchAccounts(10) });
  const { key } = await rpc.call('apikey/create', { name: 'bench' });
  return { name, port: ready.port, key, child };
}
