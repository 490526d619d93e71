import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dirname, 'node_modules/.bin/codex');

export interface CodexRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface CodexOptions {
  /** Base URL of the provider, `…/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly prompt: string;
  readonly model?: string;
  /** Further `-c` settings. */
  readonly settings?: readonly string[];
  readonly timeoutMs?: number;
  /** Its folder, which is kept; a new one for this run when left out. */
  readonly codexHome?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the real `codex exec` for one prompt, with a home of its own, against a custom provider. Rejects when it is not installed or takes too long. */
export async function runCodex({ baseUrl, apiKey, prompt, model = 'gpt-5.5', settings = [], timeoutMs = 90_000, codexHome, env = {} }: CodexOptions): Promise<CodexRun> {
  if (!existsSync(binary)) throw new Error('The real Codex CLI is not installed. Run "npm test", or "npm ci --prefix test/clients".');
  const home = mkdtempSync(join(tmpdir(), 'codex-home-'));
  const provider = `model_providers.gw={name="gw",base_url="${baseUrl}",env_key="GW_KEY"}`;
  const config = ['model_provider=gw', provider, 'analytics.enabled=false', 'features.plugins=false', 'features.apps=false', 'check_for_update_on_startup=false', ...settings];
  const args = ['exec', ...config.flatMap((setting) => ['-c', setting]), '-m', model, '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt];
  const child = spawn(binary, args, {
    cwd: home, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
    env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: codexHome ?? home, GW_KEY: apiKey, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
  });
  try {
    return await outcome(child, timeoutMs);
  } finally {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function outcome(child: ReturnType<typeof spawn>, timeoutMs: number): Promise<CodexRun> {
  return new Promise((done, fail) => {
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => fail(new Error(`codex did not end within ${timeoutMs} ms:\n${stdout}\n${stderr}`)), timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', fail);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      done({ stdout, stderr, exitCode });
    });
  });
}
