import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { choose, quickInput, row, runCommand, runOnRow, until } from './workbench.ts';

describe('routing, in VS Code', function () {
  this.timeout(120_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: ['work', 'home', 'spent'].map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}`, usedPercent: label === 'spent' ? 100 : 40 })) });
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
});
