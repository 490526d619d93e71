import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The VS Code server from npm: the real workbench and extension host, without a download from anywhere else. */
const version = '4.139.1';
export const codeServerFolder = resolve('.vscode-test', `code-server-${version}`);
const stamp = join(codeServerFolder, '.ready');

function run(command, args, cwd, env = {}) {
  const done = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env }, shell: process.platform === 'win32' });
  if (done.status === 0) return true;
  console.error(`"${command} ${args.join(' ')}" failed in ${cwd}.`);
  return false;
}

/**
 * Where node-gyp finds Node's headers; N-API makes any version do. Those of an installed Node, else Debian's package when root; without either, node-gyp
 * fetches them from nodejs.org.
 */
function nodeHeaders() {
  const found = () => ['/usr', '/usr/local'].find((prefix) => existsSync(join(prefix, 'include', 'node', 'node_api.h')));
  if (!found() && isDebianRoot()) installDebian('libnode-dev');
  const prefix = found();
  return prefix === undefined ? {} : { npm_config_nodedir: prefix };
}

function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function installDebian(name) {
  return run('apt-get', ['update', '-q'], '.') && run('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], '.', { DEBIAN_FRONTEND: 'noninteractive' });
}

/** Installs it once, without its own install script, which would build everything; only the parts that are needed are built. */
export function setUpVsCode() {
  if (existsSync(stamp)) return true;
  rmSync(codeServerFolder, { recursive: true, force: true });
  mkdirSync(codeServerFolder, { recursive: true });
  writeFileSync(join(codeServerFolder, 'package.json'), '{ "private": true }');
  const vscode = join(codeServerFolder, 'node_modules', 'code-server', 'lib', 'vscode');
  const headers = nodeHeaders();
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const ok = run('npm', ['install', `code-server@${version}`, '--ignore-scripts', ...quiet], codeServerFolder)
    && run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], vscode)
    && run('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', 'node-pty', ...quiet], vscode, headers);
  if (ok) writeFileSync(stamp, version);
  else console.error('The VS Code server could not be installed. It needs the npm registry, g++, make and python3, and Node\'s headers: Debian\'s libnode-dev, or a network to fetch them.');
  return ok;
}

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

export function findChromium() {
  return process.env.CHROMIUM_PATH ?? browsers.find((path) => existsSync(path)) ?? null;
}

/** An installed browser, else Debian's package when root, else Playwright's download. */
export function setUpChromium() {
  if (findChromium()) return true;
  if (isDebianRoot()) {
    const installed = installDebian('chromium');
    if (installed && findChromium()) return true;
  } else if (run('npx', ['playwright-core', 'install', 'chromium'], '.')) {
    return true;
  }
  console.error('No Chromium was found and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to its program.');
  return false;
}
