import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { sampleAccounts } from '../../src/lab/sampleAccounts.ts';
import { startProxy, type TestProxy } from '../lab/proxies.ts';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { answer, choose, clearNotifications, notification, pressIn, quickInput, row, runCommand, runOnRow, until, writeClipboard } from './workbench.ts';

const login = { user: 'ann', password: 'planted-secret' };

describe('proxies, in VS Code', function () {
  this.timeout(300_000);
  let pool: PoolWindow;
  let page: Page;
  let general: TestProxy;
  let own: TestProxy;

  before(async () => {
    pool = await openPoolWindow({ accounts: [...sampleAccounts] });
    page = pool.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const to = Number(new URL(pool.lab.url).port);
    [general, own] = [await startProxy({ kind: 'http', to }), await startProxy({ kind: 'socks5', to, login })];
    await (await pool.rpc()).call('account/import', { contents: ['work', 'home'].map((label) => pool.lab.authJson(label)) });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(async () => {
    await pool?.dispose();
    await general?.dispose();
    await own?.dispose();
  });

  /** What a test of the general way says; the engine may be starting anew. */
  const reached = async (): Promise<string> => {
    const client = await pool.rpc();
    return client.call('account/proxy/test', {}).then(({ ok, reason }) => (ok ? 'reached' : (reason ?? '')), () => 'starting');
  };

  /** As a person does in the open settings.json: a window does not watch the file. */
  const setSettings = async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
    await page.locator('.monaco-editor .view-lines').first().click();
    await writeClipboard(page, JSON.stringify(settings));
    for (const keys of ['Control+A', 'Control+V', 'Control+S']) await page.keyboard.press(keys);
  };

  it('takes VS Code\'s http.proxy, and the engine follows its changes', async () => {
    // Only the proxy knows this name.
    const upstream = { 'codexmanager.gateway.port': pool.port, 'codexmanager.upstream.baseUrl': 'http://lab.test/backend-api/codex' };
    await runCommand(page, 'Preferences: Open User Settings (JSON)');
    await setSettings({ ...upstream, 'http.proxy': general.url });
    await until('the provider reached through http.proxy', async () => (await reached()) === 'reached' && general.tunnels.includes('lab.test:80'));
    await setSettings({ ...upstream, 'http.proxy': general.url, 'http.proxySupport': 'off' });
    await until('nobody found without a proxy', async () => /name was not found/.test(await reached()));
    await setSettings({ ...upstream, 'http.proxy': general.url });
    await until('the provider reached again', async () => (await reached()) === 'reached');
    await page.locator('.modal-editor-header .codicon-close').click();
    await page.locator('.monaco-modal-editor-block').waitFor({ state: 'detached' });
  });

  it('sets the proxy of an account once it works, shows it without its login, and removes it', async () => {
    await row(page, 'work@example.com').waitFor();
    await runOnRow(page, 'work@example.com', 'Set Proxy of Account…');
    const input = quickInput(page, 'Proxy of work@example.com').locator('input');
    await input.fill('ftp://x');
    await quickInput(page, 'Write it like http://host:port').waitFor();
    await answer(page, 'Proxy of work@example.com', `socks5://127.0.0.1:${own.port}`);
    await notification(page, 'proxy refused: it wants a user and a password').waitFor();
    await pool.shoot('proxy-refused');
    // VS Code shows no more than three new notifications within 800 ms.
    await notification(page, 'Testing the proxy').waitFor({ state: 'hidden' });
    await pressIn(page, 'proxy refused', 'Change');
    await answer(page, 'Proxy of work@example.com', own.url);
    await notification(page, /Proxy of work@example\.com: socks5:\/\/…@127\.0\.0\.1:\d+\. The provider answered in/).waitFor();
    await pool.shoot('proxy-set');
    const proxyOf = async (): Promise<string | null> => (await pool.accounts()).find(({ email }) => email === 'work@example.com')?.proxy ?? null;
    assert.equal(await proxyOf(), `socks5://…@127.0.0.1:${own.port}`);
    await clearNotifications(page);
    await row(page, 'work@example.com').hover();
    await page.locator('.monaco-hover', { hasText: `Proxy: socks5://…@127.0.0.1:${own.port}` }).waitFor();
    assert.ok(!(await page.content()).includes(login.password));
    await page.mouse.move(600, 400);
    await runOnRow(page, 'work@example.com', 'Set Proxy of Account…');
    await choose(page, 'Proxy of work@example.com', 'Remove Proxy');
    await notification(page, 'Proxy of work@example.com removed.').waitFor();
    assert.equal(await proxyOf(), null);
  });
});
