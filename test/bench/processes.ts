import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Announcement } from '../../src/contract/announcement.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { mintJwt } from '../../src/lab/jwt.ts';
import type { LoadResult } from './loadClient.ts';

const here = import.meta.dirname;

/** A child that says one line when it is ready and ends when its input does. */
export class Child {
  readonly process: ChildProcess;
  readonly #lines: Interface;

  constructor(file: string, args: readonly string[], env: Record<string, string>) {
    this.process = spawn(process.execPath, [...args, file], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.process.stdout) throw new Error('no stdout');
    this.#lines = createInterface(this.process.stdout);
  }

  line(): Promise<string> {
    return new Promise((done, fail) => {
      const failed = (): void => fail(new Error(`${this.process.spawnargs.at(-1)} ended`));
      this.process.once('exit', failed);
      this.#lines.once('line', (line) => {
        this.process.off('exit', failed);
        done(line);
      });
    });
  }

  ask(line: string): Promise<string> {
    this.process.stdin?.write(`${line}\n`);
    return this.line();
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((done) => this.process.once('exit', done));
    this.process.kill(signal);
    await gone;
  }
}

export interface Upstream { readonly child: Child; readonly port: number }

export async function startUpstream(env: Record<string, string> = {}): Promise<Upstream> {
  const child = new Child(join(here, 'benchUpstream.ts'), [], env);
  return { child, port: Number(await child.line()) };
}

export async function startBare(upstreamPort: number): Promise<Upstream> {
  const child = new Child(join(here, 'bareProxy.ts'), [], { UPSTREAM: `http://127.0.0.1:${upstreamPort}` });
  return { child, port: Number(await child.line()) };
}

export interface Gateway extends Upstream {
  readonly key: string;
  readonly rpc: RpcClient;
  readonly startMs: number;
  /** Resident memory of the whole process, MB. */
  rssMb(): number;
  end(): Promise<void>;
}

/** The built engine, headless, with everything on: ten accounts, a key, log, trace, encrypted store. */
export async function startGatewayUnderTest(upstreamPort: number, nodeArgs: readonly string[] = []): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-'));
  const startedAt = Date.now();
  const child = new Child(resolve(here, '../../dist/headless.js'), nodeArgs, {
    CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'), CODEXMANAGER_UPSTREAM_BASE_URL: `http://127.0.0.1:${upstreamPort}/backend-api/codex`,
  });
  await child.line();
  const startMs = Date.now() - startedAt;
  const leader = Announcement.parse(JSON.parse(readFileSync(join(folder, 'leader.json'), 'utf8')));
  const rpc = new RpcClient(leader);
  await rpc.call('account/import', { contents: Array.from({ length: 10 }, (_, i) => authJson(i)) });
  const { key } = await rpc.call('apikey/create', { name: 'bench' });
  const { port } = await rpc.call('gateway/status');
  return {
    child, port, key, rpc, startMs,
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.process.pid}/status`, 'utf8'))?.[1]) / 1024,
    end: async () => {
      await child.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A login whose access token has the size of a real one. */
function authJson(index: number): string {
  const exp = Math.floor(Date.now() / 1000) + 864_000;
  const claims = { sub: `auth0|${index}`, exp, filler: 'f'.repeat(800), 'https://api.openai.com/auth': { chatgpt_account_id: `acc-${index}`, chatgpt_plan_type: 'plus' } };
  return JSON.stringify({ tokens: { id_token: mintJwt({ ...claims, email: `${index}@example.com` }), access_token: mintJwt(claims), refresh_token: `rt_${index}`, account_id: `acc-${index}` } });
}

/** Where load goes. */
export interface Target { readonly name: string; readonly port: number; readonly path: string; readonly key: string }

export interface LoadOptions {
  readonly model: 'bench-short' | 'bench-sse' | 'bench-paced';
  readonly connections: number;
  readonly ms?: number;
  readonly once?: boolean;
  readonly bodyBytes?: number;
}

/** The load generator, in a process of its own. */
export class Load {
  readonly child = new Child(join(here, 'loadClient.ts'), [], {});

  async run({ port, path, key }: Target, { model, connections, ms = 0, once = false, bodyBytes = 4_500 }: LoadOptions): Promise<LoadResult> {
    return JSON.parse(await this.child.ask(JSON.stringify({ port, path, key, model, connections, ms, once, bodyBytes }))) as LoadResult;
  }
}
