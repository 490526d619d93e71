import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs the real clients when their lock file changed since they were installed last. */
export function setUpClients() {
  const folder = join('test', 'clients');
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return true;
  const installed = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  if (installed.status !== 0) {
    console.error('The real clients (Codex CLI) could not be installed from npm. The tests need a package registry; check the network and npm\'s settings.');
    return false;
  }
  writeFileSync(stamp, lock);
  return true;
}
