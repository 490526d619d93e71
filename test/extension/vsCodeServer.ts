import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { codeServerFolder, findChromium } from '../../scripts/setupVsCode.mjs';

const chromiumFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const entry = join(codeServerFolder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');

/** What makes a first start quiet: no welcome, no chat, no trust question. */
const quietSettings = {
  'workbench.startupEditor': 'none', 'chat.commandCenter.enabled': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden', 'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off', 'update.mode': 'none', 'extensions.autoUpdate': false, 'extensions.autoCheckUpdates': false, 'window.commandCenter': false,
};

export interface VsCodeOptions {
  /** Folders of unpacked extensions, copied into the server's own. */
  readonly extensions: readonly string[];
  /** Packaged extensions, installed as a person would. */
  readonly packages: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env: Readonly<Record<string, string>>;
}

/** A VS Code server of its own, with its own home; windows are pages of a browser of its own. */
export interface VsCodeServer {
  readonly url: string;
  readonly home: string;
  /** VS Code's own settings of the person. */
  readonly settingsFile: string;
  /** Where the extension keeps its data. */
  readonly globalStorage: string;
  /** Settings beside those it was started with; open windows take them over. Replaces what was set so before. */
  configure(settings: Readonly<Record<string, unknown>>): void;
  /** The theme of windows that are opened from now on. */
  setTheme(theme: string): void;
  /** A window with an extension host of its own. Resolves when the workbench stands. */
  open(): Promise<Page>;
  dispose(): Promise<void>;
}

export async function startVsCode(options: VsCodeOptions): Promise<VsCodeServer> {
  const home = mkdtempSync(join(tmpdir(), 'codexmanager-vscode-'));
  const [data, extensions, work] = ['data', 'extensions', 'work'].map((name) => join(home, name)) as [string, string, string];
  for (const folder of [join(data, 'User'), extensions, work]) mkdirSync(folder, { recursive: true });
  const settingsFile = join(data, 'User', 'settings.json');
  const write = (more: Readonly<Record<string, unknown>>): void => writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings, ...more }));
  write({});
  for (const file of options.packages) installPackage(file, data, extensions, home);
  list(extensions, options.extensions.map((folder) => place(folder, extensions)));
  const server = spawn(process.execPath, [
    entry, '--auth', 'none', '--bind-addr', '127.0.0.1:0',
    '--user-data-dir', data, '--extensions-dir', extensions, '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', work,
  ], { env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local'), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const url = await listening(server);
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, args: chromiumFlags });
  return { url, home, settingsFile, globalStorage: join(data, 'User', 'globalStorage', 'codexmanager.codexmanager'), configure: write, setTheme: (theme) => write({ 'workbench.colorTheme': theme }), open: () => open(browser, url), dispose: () => dispose(server, browser, home) };
}

function installPackage(file: string, data: string, extensions: string, home: string): void {
  const installed = spawnSync(process.execPath, [entry, '--install-extension', file, '--user-data-dir', data, '--extensions-dir', extensions], { encoding: 'utf8', env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') } });
  if (installed.status !== 0) throw new Error(`${file} could not be installed: ${installed.stdout}${installed.stderr}`);
}

/** Adds to what is installed. */
function list(extensions: string, more: readonly unknown[]): void {
  const file = join(extensions, 'extensions.json');
  const installed = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as unknown[] : [];
  writeFileSync(file, JSON.stringify([...installed, ...more]));
}

function place(folder: string, extensions: string): unknown {
  const target = join(extensions, basename(folder));
  cpSync(folder, target, { recursive: true });
  const { publisher, name, version } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Record<string, string>;
  return { identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: target, scheme: 'file' }, relativeLocation: basename(folder) };
}

/** Its first lines say where it listens. */
async function listening(server: ChildProcess): Promise<string> {
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
    const url = /HTTP server listening on (http:\/\/\S+?)\/?\s/.exec(said)?.[1];
    if (url) resolve(url);
  };
  server.stdout?.on('data', hear);
  server.stderr?.on('data', hear);
  server.once('exit', () => reject(new Error(`The VS Code server ended: ${said}`)));
  return promise;
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
  return page;
}

/** The server has children (extension hosts); they are its process group. */
async function dispose(server: ChildProcess, browser: Browser, home: string): Promise<void> {
  await browser.close();
  if (server.pid !== undefined && server.exitCode === null) {
    const ended = once(server, 'exit');
    process.kill(-server.pid, 'SIGTERM');
    await ended;
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
