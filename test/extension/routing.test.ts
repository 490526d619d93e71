import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { send } from '../lab/gatewayUnderTest.ts';
import { answer, choose, quickInput, row, runCommand, runOnRow, until } from './workbench.ts';

describe('routing, in VS Code', function () {
  this.timeout(120_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: ['work', 'home', 'spent'].map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}`, usedPercent: label === 'spent' ? 100 : 40 })) }, { 'codexmanager.routing.accountMaxInflight': 5, 'codexmanager.routing.waitBudgetMs': 0 });
    page = pool.page;
    await (await pool.rpc()).call('account/import', { contents: ['work', 'home', 'spent'].map((label) => pool.lab.authJson(label)) });
    await row(page, /spent@example\.com.*spent until/).waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  it('changes the strategy in the Gateway view', async () => {
    await row(page, /^Strategy.*Ordered/).waitFor();
    await runCommand(page, 'CodexManager: Change Routing Strategy');
    await quickInput(page, 'Routing Strategy').locator('.monaco-list-row', { hasText: 'Ordered' }).filter({ hasText: 'shown now' }).waitFor();
    await pool.shoot('route-strategies');
    await choose(page, 'Routing Strategy', 'Drain');
    await row(page, /^Strategy.*Drain/).waitFor();
    assert.equal((await (await pool.rpc()).call('route/state')).strategy, 'drain');
  });

  it('asks one account first until a person ends it', async () => {
    await runOnRow(page, 'home@example.com', 'Ask This Account First');
    await choose(page, 'Ask home@example.com First', 'Until It Fails');
    await row(page, /^Asked first.*home@example\.com · until it fails/).waitFor();
    await pool.shoot('route-pinned');
    await row(page, /^Asked first/).hover();
    await row(page, /^Asked first/).locator('.action-label[aria-label*="Stop Asking It First"]').click();
    await until('nobody pinned', async () => (await (await pool.rpc()).call('route/state')).pinned === null);
    await row(page, /^Asked first/).waitFor({ state: 'detached' });
  });

  it('says who would be asked and why nobody else', async () => {
    await runCommand(page, 'CodexManager: Why This Account?');
    const list = quickInput(page, 'is asked first: the account that resets first');
    await list.locator('.monaco-list-row', { hasText: /1\. (work|home)@example\.com/ }).waitFor();
    await list.locator('.monaco-list-row', { hasText: /spent@example\.com.*spent until/ }).waitFor();
    await pool.shoot('route-why');
    await page.keyboard.press('Escape');
  });

  it('takes what is set in VS Code\'s settings, and writes back what is changed elsewhere', async () => {
    const rpc = await pool.rpc();
    const { settings } = await rpc.call('settings/get');
    assert.deepEqual([settings.accountMaxInflight, settings.waitBudgetMs, settings.retryMaxAttempts], [5, 0, 16]);
    await rpc.call('settings/update', { accountMaxInflight: 6, retryMaxAttempts: 9 });
    const inCode = (): Record<string, unknown> => JSON.parse(readFileSync(pool.code.settingsFile, 'utf8')) as Record<string, unknown>;
    await until('the setting in VS Code', () => inCode()['codexmanager.routing.accountMaxInflight'] === 6);
    assert.equal(inCode()['codexmanager.routing.retryMaxAttempts'], undefined, 'nobody set it here');
  });

  it('keeps a part of an account for the person', async () => {
    await runOnRow(page, 'home@example.com', 'Keep a Part for Myself');
    await quickInput(page, 'Keep a Part of home@example.com').locator('.monaco-list-row', { hasText: 'Nothing' }).filter({ hasText: 'set now' }).waitFor();
    await pool.shoot('route-reserve');
    await choose(page, 'Keep a Part of home@example.com', 'Another Share');
    await answer(page, 'Percent of each window', '70');
    await row(page, /home@example\.com.*kept for you until/).waitFor();
    await pool.shoot('route-reserved');
    await runOnRow(page, 'home@example.com', 'Keep a Part for Myself');
    await choose(page, 'Keep a Part of home@example.com', 'Nothing');
    await row(page, /home@example\.com.*60 %/).waitFor();
  });

  it('lets a key use only accounts of some groups', async () => {
    await (await pool.rpc()).call('apikey/create', { name: 'codex' });
    await runOnRow(page, /^codex.*OpenAI/, 'Choose Accounts of Platform Key');
    const list = quickInput(page, 'Plans');
    await list.locator('.monaco-list-row', { hasText: 'IMPORT' }).filter({ hasText: '3 accounts' }).click();
    await pool.shoot('route-key-accounts');
    await page.keyboard.press('Enter');
    await row(page, /^codex.*only IMPORT/).waitFor();
    assert.deepEqual((await (await pool.rpc()).call('apikey/list')).items[0]?.accountGroups, ['IMPORT']);
  });

  it('says why one of the last requests went where it went', async () => {
    const rpc = await pool.rpc();
    const [{ id } = { id: null }] = (await rpc.call('apikey/list')).items;
    assert.ok(id);
    const { key } = await rpc.call('apikey/readSecret', { id });
    pool.lab.script('work', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    pool.lab.script('home', [{ kind: 'status', status: 500 }]);
    const body = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: 'hello' });
    await send(`http://127.0.0.1:${pool.port}/v1/responses`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body });
    await row(page, /gpt-5\.5/).waitFor();
    await runCommand(page, 'CodexManager: Why This Account?');
    await quickInput(page, 'Why This Account?').locator('.monaco-list-row', { hasText: 'A New Conversation' }).waitFor();
    await pool.shoot('route-why-which');
    await choose(page, 'Why This Account?', 'gpt-5.5');
    const list = quickInput(page, 'was asked first: the account that resets first');
    await list.locator('.monaco-list-row', { hasText: /[12]\. work@example\.com.*429 usage_limit_reached/ }).waitFor();
    await list.locator('.monaco-list-row', { hasText: /spent@example\.com.*spent until/ }).waitFor();
    await pool.shoot('route-why-request');
    await page.keyboard.press('Escape');
  });
});
