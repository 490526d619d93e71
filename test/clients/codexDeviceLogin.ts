import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dirname, 'node_modules/.bin/codex');

const longestMs = 45_000;

/** Runs the real `codex login --device-auth` against an issuer, with a home of its own; `onCode` gets the code it shows. Resolves to the `auth.json` it wrote; rejects with what it printed when it did not. */
export async function codexDeviceLogin(issuer: string, onCode: (userCode: string) => void): Promise<string> {
  if (!existsSync(binary)) throw new Error('The real Codex CLI is not installed. Run "npm test", or "npm ci --prefix test/clients".');
  const home = mkdtempSync(join(tmpdir(), 'codex-home-'));
  const child = spawn(binary, ['login', '--device-auth', '--experimental_issuer', issuer], {
    cwd: home, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: home, LANG: 'C.UTF-8' },
  });
  let printed = '';
  let userCode: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const read = (chunk: Buffer): void => {
    printed += chunk.toString();
    if (userCode !== undefined) return;
    userCode = /[0-9A-F]{4}-[0-9A-F]{6}/.exec(printed)?.[0];
    if (userCode !== undefined) onCode(userCode);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  try {
    const exitCode = await new Promise<number | null>((done, fail) => {
      timer = setTimeout(() => fail(new Error(`codex login did not end within ${longestMs} ms:\n${printed}`)), longestMs);
      child.once('error', fail).once('close', done);
    });
    if (exitCode !== 0) throw new Error(`codex login ended with ${exitCode}:\n${printed}`);
    return readFileSync(join(home, 'auth.json'), 'utf8');
  } finally {
    clearTimeout(timer);
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
