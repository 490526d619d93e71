import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { Announcement } from '../../src/contract/announcement.ts';
import type { Account } from '../../src/contract/account.ts';
import type { LabOptions } from '../../src/lab/options.ts';
import { startLab, type Lab } from '../../src/lab/startLab.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { startVsCode, type VsCodeServer } from './vsCodeServer.ts';
import { openSidebar, until } from './workbench.ts';

export const screens = resolve('artifacts/screens/vscode');

/** A window with our packaged extension in it, on a fake provider. */
export interface PoolWindow {
  readonly lab: Lab;
  readonly code: VsCodeServer;
  readonly page: Page;
  /** The gateway's. */
  readonly port: number;
  /** The engine, past the window. */
  rpc(): Promise<RpcClient>;
  accounts(): Promise<Account[]>;
  /** A picture of the window, for people. */
  shoot(name: string): Promise<void>;
  dispose(): Promise<void>;
}

export async function openPoolWindow(options: LabOptions, settings: Readonly<Record<string, unknown>> = {}): Promise<PoolWindow> {
  mkdirSync(screens, { recursive: true });
  const lab = await startLab(options);
  const port = await freePort();
  // VS Code sends localhost and 127.0.0.1 through the server, and asks before it opens any other address, as it does for the real provider's.
  const issuer = await relay('127.0.0.2', Number(new URL(lab.url).port));
  const code = await startVsCode({
    extensions: [], packages: [resolve('codexmanager.vsix')],
    settings: { 'codexmanager.gateway.port': port, 'codexmanager.upstream.baseUrl': `${lab.url}/backend-api/codex`, 'files.simpleDialog.enable': true, ...settings },
    // Codex CLI's folder is in the server's own home.
    env: { CODEXMANAGER_ISSUER: issuer.url, CODEXMANAGER_LOGIN_ADDR: 'localhost:0', CODEX_HOME: '' },
  });
  const page = await code.open();
  await openSidebar(page);
  await page.locator('.pane-body .monaco-button', { hasText: 'Sign In with ChatGPT' }).waitFor();
  const rpc = async (): Promise<RpcClient> => new RpcClient(await until('a leader', () => leaderOf(code)));
  return {
    lab, code, page, port, rpc,
    accounts: async () => (await (await rpc()).call('account/list')).items,
    shoot: async (name) => void (await page.screenshot({ path: join(screens, `${name}.png`), animations: 'disabled' })),
    dispose: async () => {
      await code.dispose();
      issuer.server.close();
      await lab.dispose();
    },
  };
}

/** Who leads on this server's data; null before there is one. */
export function leaderOf(code: VsCodeServer): Announcement | null {
  const file = join(code.globalStorage, 'leader.json');
  return existsSync(file) ? Announcement.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** The same port of this computer's loopback under another address. */
async function relay(host: string, port: number): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((socket) => {
    const target = connect(port, '127.0.0.1');
    for (const [from, to] of [[socket, target], [target, socket]] as const) from.on('error', () => to.destroy()).pipe(to);
  });
  await new Promise<void>((done, fail) => server.on('error', fail).listen(port, host, done));
  return { url: `http://${host}:${port}`, server };
}

/** A port nobody has right now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().on('error', fail).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}
