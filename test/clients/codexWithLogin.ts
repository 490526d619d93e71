import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dirname, 'node_modules/.bin/codex');
const quiet = ['analytics.enabled=false', 'features.plugins=false', 'features.apps=false', 'check_for_update_on_startup=false'];

export interface CodexAnswer { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

/** What the real Codex CLI makes of an `auth.json`: `codex login status`, in a home of its own. Throws when it is not installed. */
export function codexLoginStatus(authJson: string): Promise<CodexAnswer> {
  return runCodex(authJson, ['login', 'status']);
}

/** One turn of the real Codex CLI with the login of an `auth.json`, at a provider that checks it (`http://…`). */
export function codexTurnWithLogin(authJson: string, provider: string): Promise<CodexAnswer> {
  const settings = ['model_provider=gw', `model_providers.gw={name="gw",base_url="${provider}/backend-api/codex",requires_openai_auth=true}`, `chatgpt_base_url="${provider}/backend-api"`, ...quiet];
  return runCodex(authJson, ['exec', ...settings.flatMap((setting) => ['-c', setting]), '-m', 'gpt-5.5', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'say hello']);
}

async function runCodex(authJson: string, args: readonly string[]): Promise<CodexAnswer> {
  if (!existsSync(binary)) throw new Error('The real Codex CLI is not installed. Run "npm test", or "npm ci --prefix test/clients".');
  const home = mkdtempSync(join(tmpdir(), 'codex-home-'));
  writeFileSync(join(home, 'auth.json'), authJson, { mode: 0o600 });
  const child = spawn(binary, args, { cwd: home, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: home, LANG: 'C.UTF-8' } });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk: Buffer) => (printed[name] += chunk.toString()));
  try {
    const exitCode = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
    return { exitCode, ...printed };
  } finally {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
