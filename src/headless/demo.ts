import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';
import { RpcClient } from '../rpc/client.ts';

/** What the fake provider says first: where it is, and the logins of its sample accounts. */
const LabReady = z.object({ url: z.string(), authFiles: z.array(z.string()) });

export interface Demo extends Disposable {
  /** Variables that point the engine at the fake provider and at a folder of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder of the demo's own, so that it never touches the person's login. */
  readonly codexHome: string;
  /** Fills the new pool and returns what to print. */
  onLeader(rpcUrl: string, token: string): Promise<string>;
}

/** The fake provider as a child process that ends with this one, and a data folder that is removed at the end. */
export async function prepareDemo(labFile: string, env: Readonly<Record<string, string>>): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-demo-'));
  const child = spawn(process.execPath, [labFile, '--demo'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lab = await firstLine(child);
  let filled = false;
  return {
    env: {
      ...env,
      CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'),
      CODEXMANAGER_UPSTREAM_BASE_URL: `${lab.url}/backend-api/codex`,
      CODEXMANAGER_USAGE_BASE_URL: lab.url,
      CODEXMANAGER_ISSUER: lab.url,
    },
    codexHome: join(folder, 'codex'),
    onLeader: async (rpcUrl, token) => {
      if (filled) return '';
      filled = true;
      const rpc = new RpcClient({ rpcUrl, token });
      await rpc.call('account/import', { contents: lab.authFiles });
      const { key } = await rpc.call('apikey/create', { name: 'demo' });
      return welcome(key, (await rpc.call('gateway/status')).port, lab.authFiles.length);
    },
    dispose: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstLine(child: ChildProcess): Promise<z.infer<typeof LabReady>> {
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new AppError('internal', 'The demo provider did not start. Run "npm run build" and try again.'));
    child.once('error', failed).once('exit', failed);
    if (!child.stdout) return failed();
    createInterface(child.stdout).once('line', (line) => {
      const ready = LabReady.safeParse(parse(line));
      if (ready.success) resolve(ready.data);
      else failed();
    });
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** The demo's key is the one secret that is printed: it opens nothing but this folder's sample pool, which dies with it. */
function welcome(key: string, port: number, accounts: number): string {
  return `Demo pool of ${accounts} sample accounts. Try it in another terminal:
  export CODEXMANAGER_KEY=${key}
  codex exec -c model_provider=cm -c 'model_providers.cm={name="CodexManager",base_url="http://127.0.0.1:${port}/v1",env_key="CODEXMANAGER_KEY"}' -c model=gpt-5.5 --skip-git-repo-check "hello"
`;
}
