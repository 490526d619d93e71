import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { Announcement } from '../../src/contract/announcement.ts';
import { sampleAccounts } from '../../src/lab/sampleAccounts.ts';
import { startLab, type Lab } from '../../src/lab/startLab.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { freePort, leaderOf, screens } from './poolWindow.ts';
import { startVsCode, type VsCodeServer } from './vsCodeServer.ts';
import { answer, chooseFile, notification, openSidebar, pageOf, row, runCommand, until } from './workbench.ts';

describe('the packaged extension in VS Code', function () {
  this.timeout(180_000);
  let lab: Lab;
  let code: VsCodeServer;
  let port: number;
  let page: Page;

  before(async () => {
    mkdirSync(screens, { recursive: true });
    lab = await startLab({ accounts: [...sampleAccounts] });
    port = await freePort();
    code = await startVsCode({
      extensions: [], packages: [resolve('codexmanager.vsix')], settings: { 'codexmanager.gateway.port': port, 'codexmanager.upstream.baseUrl': `${lab.url}/backend-api/codex`, 'files.simpleDialog.enable': true },
      env: { CODEXMANAGER_ISSUER: lab.url, CODEX_HOME: '' },
    });
    page = await code.open();
    await openSidebar(page);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await page?.screenshot({ path: join(screens, 'failed.png') });
  });
  after(async () => {
    await code?.dispose();
    await lab?.dispose();
  });

  const leader = (): Announcement | null => leaderOf(code);
  const rpc = async (): Promise<RpcClient> => new RpcClient(await until('a leader', leader));

  it('starts empty and says what to do', async () => {
    await page.locator('.pane-body .monaco-button', { hasText: 'Import auth.json' }).waitFor();
    await row(page, `http://localhost:${port}`).waitFor();
    assert.equal(await health(port), 200);
    await page.screenshot({ path: join(screens, 'empty.png') });
  });

  it('imports several files through the palette', async () => {
    const folder = join(code.home, 'logins');
    mkdirSync(folder);
    for (const { label, email } of sampleAccounts) {
      const file = join(folder, `${label.replaceAll(/\W/g, '-')}.json`);
      writeFileSync(file, lab.authJson(label));
      await runCommand(page, 'CodexManager: Import Accounts from Files');
      await chooseFile(page, 'Import accounts from auth.json files', file);
      await row(page, email).waitFor();
    }
  });

  it('creates a key in steps, and Codex CLI in the terminal uses the pool with it', async () => {
    await runCommand(page, 'CodexManager: Create Platform Key');
    await answer(page, 'Who will use this key?', 'codex');
    await answer(page, 'Model every request', '');
    await answer(page, 'Extra high', '');
    await notification(page, 'Platform key codex is ready.').waitFor();
    const client = await rpc();
    const [key] = (await client.call('apikey/list')).items;
    assert.ok(key);
    const secret = (await client.call('apikey/readSecret', { id: key.id })).key;
    const [script, said] = [join(code.home, 'ask.sh'), join(code.home, 'said.txt')];
    writeFileSync(script, `export CODEX_HOME=${join(code.home, 'codex')} CODEXMANAGER_KEY=${secret}\nmkdir -p $CODEX_HOME\n${resolve('test/clients/node_modules/.bin/codex')} exec --skip-git-repo-check -m gpt-5.5 -c model_provider=cm -c 'model_providers.cm={name="CodexManager",base_url="http://127.0.0.1:${port}/v1",env_key="CODEXMANAGER_KEY"}' "hello" > ${said}.part 2> ${said}.err < /dev/null || cat ${said}.err >> ${said}.part\nmv ${said}.part ${said}\n`);
    await runCommand(page, 'Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm-screen').waitFor();
    await page.locator('.terminal-wrapper.active textarea').focus();
    await page.keyboard.type(`sh ${script}\n`);
    assert.match(await until('the answer of Codex CLI', () => existsSync(said) && readFileSync(said, 'utf8'), 60_000), /Hello from /);
    await row(page, /gpt-5\.5/).waitFor();
    await row(page, /codex.*just now/).waitFor();
    await page.screenshot({ path: join(screens, 'filled.png') });
  });

  it('shows the pool on the dashboard and the request in the logs, with its attempts', async () => {
    const violations: string[] = [];
    page.on('console', (message) => {
      // The toolkit's own empty style element, refused and harmless.
      if (/Content Security Policy/.test(message.text()) && !/Applying inline style/.test(message.text())) violations.push(message.text());
    });
    await runCommand(page, 'CodexManager: Open Dashboard');
    const dashboard = await pageOf(page, 'CodexManager');
    await dashboard.locator('.card', { hasText: /^Accounts4$/ }).waitFor();
    await dashboard.locator('.account', { hasText: sampleAccounts[0]?.email ?? '' }).locator('[role="meter"]').first().waitFor();
    await dashboard.locator('.facts', { hasText: `http://localhost:${port}` }).waitFor();
    await runCommand(page, 'CodexManager: Open Logs');
    const logs = await pageOf(page, 'Requests');
    await logs.locator('tbody tr', { hasText: 'gpt-5.5' }).first().click();
    await logs.locator('.details', { hasText: 'POST /v1/responses' }).locator('.attempts tbody tr').first().waitFor();
    assert.equal(await send(port), 401);
    await logs.locator('tbody tr', { hasText: '401' }).first().waitFor();
    await logs.locator('cm-text-field input').fill('model:gpt-5.5');
    await until('the search', async () => (await logs.locator('tbody tr', { hasText: '401' }).count()) === 0 && (await logs.locator('tbody tr').count()) > 0);
    await logs.locator('cm-text-field input').fill('');
    await logs.locator('tbody tr', { hasText: '401' }).first().waitFor();
    assert.deepEqual(violations, []);
    await runCommand(page, 'View: Close All Editors');
  });

  for (const [theme, name, kind] of [['Default Dark Modern', 'dark', 'vs-dark'], ['Default High Contrast', 'contrast', 'hc-black'], ['Default Light Modern', 'light', 'vs']] as const) {
    it(`draws sidebar and panels in the theme ${theme}`, async () => {
      code.setTheme(theme);
      const window = await code.open();
      await window.locator(`.monaco-workbench.${kind}`).waitFor();
      await openSidebar(window);
      await row(window, sampleAccounts[0]?.email ?? '').waitFor({ timeout: 60_000 });
      for (const [command, heading] of [['Open Dashboard', 'CodexManager'], ['Open Logs', 'Requests']] as const) {
        await runCommand(window, `CodexManager: ${command}`);
        const panel = await pageOf(window, heading);
        await panel.locator('.account, tbody tr').first().waitFor();
        if (heading === 'Requests') await panel.locator('tbody tr', { hasText: '200' }).first().click();
        for (const width of [1_200, 620]) {
          await window.setViewportSize({ width, height: 800 });
          await window.screenshot({ path: join(screens, `${heading}-${name}-${width}.png`) });
        }
        await window.setViewportSize({ width: 1_200, height: 800 });
      }
      await window.context().close();
    });
  }

  it('pauses and enables an account from its row', async () => {
    const client = await rpc();
    const [first] = (await client.call('account/list')).items;
    assert.ok(first);
    await row(page, first.label).hover();
    await row(page, first.label).locator('.action-label[aria-label*="Pause Account"]').click();
    await row(page, new RegExp(`${first.label}.*paused`)).waitFor();
    await row(page, first.label).hover();
    await row(page, first.label).locator('.action-label[aria-label*="Enable Account"]').click();
    await until('the account enabled', async () => (await client.call('account/list')).items[0]?.enabled);
  });

  it('finds everything again after a reload', async () => {
    await page.reload();
    await page.waitForSelector('.monaco-workbench');
    for (const { email } of sampleAccounts) await row(page, email).waitFor({ timeout: 60_000 });
    await row(page, /^codex/).waitFor();
    assert.equal(await until('the gateway', () => health(port).catch(() => null)), 200);
  });

  it('shows the same in a second window, which leads within a second when the first is killed', async () => {
    const second = await code.open();
    await openSidebar(second);
    for (const { email } of sampleAccounts) await row(second, email).waitFor({ timeout: 60_000 });
    await row(second, 'Another window leads').waitFor();
    const before = await until('a leader', leader);
    for (const pid of extensionHosts()) assert.equal(openFiles(pid).some((file) => file.endsWith('codexmanager.db')), pid === before.pid, `process ${pid}`);
    await second.screenshot({ path: join(screens, 'follower.png') });
    process.kill(before.pid, 'SIGKILL');
    const killedAt = performance.now();
    const after = await until('a new leader', () => {
      const now = leader();
      return now && now.epoch > before.epoch ? now : null;
    });
    await until('the gateway', () => health(port).catch(() => null));
    const ms = performance.now() - killedAt;
    console.log(`      ${ms.toFixed(0)} ms from kill -9 to the gateway's next answer`);
    assert.notEqual(after.pid, before.pid);
    assert.ok(ms < 5_000, `${ms} ms`);
    await row(second, 'This window leads').waitFor();
  });

  function extensionHosts(): number[] {
    return readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid) && isOurHost(pid));
  }

  /** An extension host of this server: started from its folder, with its data. */
  function isOurHost(pid: number): boolean {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('type=extensionHost') && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(code.home);
    } catch {
      return false; // it ended meanwhile, or is another user's
    }
  }
});

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
}

/** A request without a key. */
function send(port: number): Promise<number> {
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path: '/v1/responses', method: 'POST', agent: false }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode ?? 0));
    }).on('error', fail).end('{}');
  });
}

function health(port: number): Promise<number> {
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode ?? 0));
    }).on('error', fail).end();
  });
}
