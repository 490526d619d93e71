import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { packExtension, packageFile } from './package.mjs';
import { setUpClients } from './setup.mjs';
import { codeServerFolder, setUpVsCode } from './setupVsCode.mjs';

/**
 * `npm start`: builds the extension and opens VS Code with it: the desktop's when `code` is on PATH, else the VS Code server in a browser. With --demo, on a fake
 * provider with sample accounts, in a folder of its own that is removed at the end. Ends with Ctrl+C.
 */
const demo = process.argv.includes('--demo');
const ending = [];
let ended = false;

function end(code) {
  if (ended) return;
  ended = true;
  for (const last of ending.toReversed()) {
    try {
      last();
    } catch (error) {
      if (error.code !== 'ESRCH') console.error(error.message); // it had ended already
    }
  }
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));

function hasDesktop() {
  return spawnSync(process.platform === 'win32' ? 'where' : 'which', ['code'], { stdio: 'ignore' }).status === 0;
}

function freePort(wanted) {
  return new Promise((done) => {
    const server = createServer().on('error', () => done(freePort(0))).listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** The fake provider as a child that ends with us, and the variables that point the engine at it. */
async function startLab() {
  const lab = spawn(process.execPath, ['dist/lab.js', '--demo'], { stdio: ['pipe', 'pipe', 'inherit'] });
  ending.push(() => lab.kill());
  const line = await new Promise((done) => createInterface(lab.stdout).once('line', done));
  const { url, authFiles } = JSON.parse(line);
  const port = await freePort(48_760);
  return { authFiles, port, env: { CODEXMANAGER_SERVICE_ADDR: `localhost:${port}`, CODEXMANAGER_UPSTREAM_BASE_URL: `${url}/backend-api/codex`, CODEXMANAGER_USAGE_BASE_URL: url, CODEXMANAGER_ISSUER: url } };
}

/** Terminals in which `codex` is there and uses the demo's pool. */
function terminalSettings(folder) {
  const rc = join(folder, 'demo.bashrc');
  return process.platform === 'win32' ? {} : {
    'terminal.integrated.defaultProfile.linux': 'demo', 'terminal.integrated.profiles.linux': { demo: { path: 'bash', args: ['--rcfile', rc] } },
    'terminal.integrated.defaultProfile.osx': 'demo', 'terminal.integrated.profiles.osx': { demo: { path: 'bash', args: ['--rcfile', rc] } },
  };
}

/** Waits for the engine of the window, fills its pool and writes what `codex` needs. */
async function fillPool(folder, storage, { authFiles, port }) {
  const { RpcClient } = await import('../src/rpc/client.ts');
  const file = join(storage, 'leader.json');
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 200));
  const rpc = new RpcClient(JSON.parse(readFileSync(file, 'utf8')));
  await rpc.call('account/import', { contents: authFiles });
  const { key } = await rpc.call('apikey/create', { name: 'demo' });
  const home = join(folder, 'codex');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'config.toml'), `model = "gpt-5.5"\nmodel_provider = "codexmanager"\n\n[model_providers.codexmanager]\nname = "CodexManager"\nbase_url = "http://127.0.0.1:${port}/v1"\nenv_key = "CODEXMANAGER_KEY"\n`);
  writeFileSync(join(folder, 'demo.bashrc'), `[ -f ~/.bashrc ] && . ~/.bashrc\nexport PATH=${resolve('test/clients/node_modules/.bin')}:$PATH CODEX_HOME=${home} CODEXMANAGER_KEY=${key}\n`, { mode: 0o600 });
  console.log(`\nThe demo pool has ${authFiles.length} sample accounts. In a terminal of VS Code:\n  codex exec --skip-git-repo-check "hello"\nAccounts run out after some requests: watch the next one take over.`);
}

function writeSettings(data, settings) {
  mkdirSync(join(data, 'User'), { recursive: true });
  const file = join(data, 'User', 'settings.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ 'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden', ...settings }, null, 2));
}

function openDesktop(data, env) {
  const own = data === null ? [] : ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  console.log(`Opening VS Code with the extension${data === null ? '' : ' (a profile of its own)'}.`);
  return spawn('code', ['--new-window', '--wait', `--extensionDevelopmentPath=${resolve('.')}`, ...own], { stdio: 'inherit', env: { ...process.env, ...env }, shell: process.platform === 'win32' });
}

async function openServer(data, env) {
  if (!setUpVsCode()) return end(1);
  const entry = join(codeServerFolder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const extensions = join(data, 'extensions');
  const own = ['--user-data-dir', data, '--extensions-dir', extensions];
  const environment = { ...process.env, ...env, XDG_CONFIG_HOME: join(data, 'config') };
  const installed = spawnSync(process.execPath, [entry, '--install-extension', packageFile, '--force', ...own], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  if (installed.status !== 0) return end(1);
  const port = await freePort(48_780);
  const server = spawn(process.execPath, [entry, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...own, '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', resolve('.')], { stdio: ['ignore', 'pipe', 'inherit'], env: environment, detached: true });
  for await (const line of createInterface(server.stdout)) if (line.includes('HTTP server listening')) break;
  server.stdout.resume();
  console.log(`\nVS Code with CodexManager is at  http://127.0.0.1:${port}\nOpen it in a browser; CodexManager is in the activity bar on the left. Ctrl+C ends it.`);
  return server;
}

if (!packExtension()) end(1);
if (demo && !setUpClients()) end(1);
const desktop = hasDesktop();
const folder = demo ? mkdtempSync(join(tmpdir(), 'codexmanager-demo-')) : resolve('.vscode-test', 'start');
if (demo) ending.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
const data = demo || !desktop ? join(folder, 'data') : null;
if (data !== null) writeSettings(data, demo ? terminalSettings(folder) : {});
const lab = demo ? await startLab() : null;
const code = desktop ? openDesktop(data, lab?.env ?? {}) : await openServer(data, lab?.env ?? {});
// The server's extension hosts and terminals are its process group; the desktop's window is its own master.
ending.push(() => (desktop ? code.kill('SIGTERM') : process.kill(-code.pid, 'SIGTERM')));
code.on('exit', (status) => end(status ?? 0));
if (lab) await fillPool(folder, join(data, 'User', 'globalStorage', 'codexmanager.codexmanager'), lab);
