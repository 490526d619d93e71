import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Announcement } from '../../src/contract/announcement.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { benchAccounts } from './benchAccounts.ts';
import { Child } from './child.ts';
import type { Target } from './targets.ts';

export interface GatewayUnderTest extends Target {
  readonly rpc: RpcClient;
  /** From the start of the process to its first answer to `GET /health`, ms. */
  readonly startMs: number;
  end(): Promise<void>;
}

const headless = resolve(import.meta.dirname, '../../dist/headless.js');

/** The built headless edition with its defaults: authentication, ten accounts, request log, trace, encrypted store, in a folder that `end` removes. */
export async function startGatewayUnderTest(upstreamPort: number, nodeArgs: readonly string[] = []): Promise<GatewayUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-'));
  const startedAt = performance.now();
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const child = new Child('gateway', [...nodeArgs, headless], {
    HOME: folder,
    CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'),
    CODEXMANAGER_UPSTREAM_BASE_URL: `${upstream}/backend-api/codex`, CODEXMANAGER_ISSUER: upstream, CODEXMANAGER_USAGE_BASE_URL: upstream,
  });
  try {
    await child.line(20_000);
    const rpc = new RpcClient(Announcement.parse(JSON.parse(readFileSync(join(folder, 'leader.json'), 'utf8'))));
    const { port } = await rpc.call('gateway/status');
    await answersHealth(port);
    const startMs = performance.now() - startedAt;
    const imported = await rpc.call('account/import', { contents: benchAccounts(10) });
    if (imported.created !== 10) throw new Error(`The gateway took ${imported.created} of 10 accounts: ${imported.errors[0]?.message ?? 'no reason given'}`);
    const { key } = await rpc.call('apikey/create', { name: 'bench' });
    return { name: 'gateway', port, key, child, rpc, startMs, end: () => endGateway(child, folder) };
  } catch (thrown) {
    await endGateway(child, folder);
    throw thrown;
  }
}

async function endGateway(child: Child, folder: string): Promise<void> {
  await child.end();
  rmSync(folder, { recursive: true, force: true });
}

function answersHealth(port: number): Promise<void> {
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) response.on('end', () => done());
      else fail(new Error(`GET /health was answered with ${response.statusCode}.`));
    }).on('error', fail).end();
  });
}
