import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { sampleAccounts } from '../../src/lab/sampleAccounts.ts';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { clearNotifications, notification, openNotifications, pressIn, pressInDialog, quickInput, readClipboard, row, runCommand, runOnRow, until, writeClipboard } from './workbench.ts';

describe('signing in, in VS Code', function () {
  this.timeout(300_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: [...sampleAccounts], signInPage: true });
    page = pool.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  /** Accepts VS Code's question; the page that opens is the browser's own. */
  async function acceptPage(): Promise<Page> {
    const opened = page.context().waitForEvent('page');
    await pressInDialog(page, 'open the external website', 'Open');
    return opened;
  }

  /** What a person does on the provider's page. Resolves with what the page says in the end. */
  async function decide(tab: Page, button: string): Promise<string> {
    await tab.locator('button', { hasText: button }).click();
    await tab.waitForURL(/\/auth\/callback\?/);
    const text = await tab.locator('body').innerText();
    await tab.close();
    return text;
  }

  const statusOf = async (email: string): Promise<string | undefined> => (await pool.accounts()).find((account) => account.email === email)?.status;

  /** The account's next renewal is refused, as when its login was revoked. */
  async function endLogin(label: string, email: string): Promise<void> {
    const account = (await pool.accounts()).find((one) => one.email === email);
    assert.ok(account);
    pool.lab.refuseRefresh(label, 'refresh_token_invalidated');
    await assert.rejects(async () => (await pool.rpc()).call('account/tokens/refresh', { accountId: account.id }));
    pool.lab.refuseRefresh(label, null);
    assert.equal(await statusOf(email), 'needsLogin');
  }

  it('goes through the browser, from the welcome', async () => {
    await pool.shoot('login-welcome');
    await page.locator('.pane-body .monaco-button', { hasText: 'Sign In with ChatGPT' }).click();
    const tab = await acceptPage();
    await quickInput(page, 'Finish in the browser').waitFor();
    await notification(page, 'waiting for the browser').waitFor();
    await pool.shoot('login-waiting');
    assert.match(await decide(tab, 'work@example.com'), /work@example\.com/);
    await notification(page, 'Signed in as work@example.com. The account was added.').waitFor();
    await row(page, 'work@example.com').waitFor();
    // Whichever comes first closes the other.
    await quickInput(page, 'Finish in the browser').waitFor({ state: 'hidden' });
    await pool.shoot('login-done');
    await clearNotifications(page);
  });

  it('says that another account signed in, and tries again', async () => {
    await endLogin('work', 'work@example.com');
    await row(page, /work@example\.com.*sign in again/).waitFor();
    await pool.shoot('login-needed');
    await row(page, 'work@example.com').hover();
    await row(page, 'work@example.com').locator('.action-label[aria-label*="Sign In Again"]').click();
    await notification(page, 'Signing in to work@example.com').waitFor();
    await decide(await acceptPage(), 'home@example.com');
    const another = /signed in as home@example\.com, which is another account and was added: work@example\.com still needs you/;
    await notification(page, another).waitFor();
    await pool.shoot('login-other');
    assert.equal(await statusOf('work@example.com'), 'needsLogin');
    await pressIn(page, another, 'Try Again');
    await decide(await acceptPage(), 'work@example.com');
    await notification(page, 'Signed in as work@example.com. Its login was renewed').waitFor();
    await until('the account without its need', async () => (await statusOf('work@example.com')) !== 'needsLogin');
    assert.equal((await pool.accounts()).length, 2);
    await clearNotifications(page);
  });

  it('tells a refusal, and goes on with a device code whose page opens in the browser', async () => {
    await runCommand(page, 'CodexManager: Sign In with ChatGPT');
    await decide(await acceptPage(), 'Cancel');
    const declined = /declined at/;
    await notification(page, declined).waitFor();
    await pool.shoot('login-declined');
    await pressIn(page, declined, 'Use a Device Code');
    await openNotifications(page);
    const offer = notification(page, 'Your sign-in code is');
    await offer.waitFor();
    const code = /[0-9A-F]{4}-[0-9A-F]{6}/.exec(await offer.innerText())?.[0] ?? '';
    await notification(page, `enter ${code} on`).waitFor();
    await pool.shoot('login-device');
    assert.notEqual(await readClipboard(page), code);
    await pressIn(page, 'Your sign-in code is', 'Copy Code and Open Page');
    const tab = await acceptPage();
    assert.equal(await readClipboard(page), code);
    await tab.locator('input[name="user_code"]').fill(code);
    await tab.locator('button', { hasText: 'side@example.com' }).click();
    await tab.locator('h1', { hasText: 'Signed in as side@example.com' }).waitFor();
    await tab.close();
    await notification(page, 'Signed in as side@example.com. The account was added.').waitFor();
    await row(page, 'side@example.com').waitFor();
    await clearNotifications(page);
  });

  it('takes the pasted address when the browser is another one', async () => {
    await runCommand(page, 'CodexManager: Sign In with ChatGPT');
    await pressInDialog(page, 'open the external website', 'Cancel');
    await pressIn(page, 'The sign-in page was not opened', 'Copy Link');
    const link = await until('the link on the clipboard', async () => {
      const text = await readClipboard(page);
      return text.includes('/oauth/authorize?') && text;
    });
    const box = quickInput(page, 'Sign In with ChatGPT');
    await box.locator('input[type="text"]').fill('https://example.com/');
    await quickInput(page, 'neither a code nor a state').waitFor();
    await pool.shoot('login-paste');
    const decided = await fetch(`${link.replace('/authorize?', '/authorize/decide?')}&as=ann%40team.example`, { redirect: 'manual' });
    await box.locator('input[type="text"]').fill(`  "${decided.headers.get('location')}" `);
    await page.keyboard.press('Enter');
    await notification(page, 'Signed in as ann@team.example. The account was added.').waitFor();
    await box.waitFor({ state: 'hidden' });
    await clearNotifications(page);
  });

  it('finishes with the address on the clipboard, at any later time', async () => {
    const client = await pool.rpc();
    const { authUrl, loginId } = await client.call('account/login/start', { openBrowser: false });
    const decided = await fetch(`${authUrl.replace('/authorize?', '/authorize/decide?')}&as=home%40example.com`, { redirect: 'manual' });
    await writeClipboard(page, decided.headers.get('location') ?? '');
    await runCommand(page, 'CodexManager: Paste Sign-In Address');
    const box = quickInput(page, 'Sign In with ChatGPT');
    await until('the address in the box', async () => (await box.locator('input[type="text"]').inputValue()).includes(loginId));
    await page.keyboard.press('Enter');
    await notification(page, 'Signed in as home@example.com').waitFor();
    assert.equal((await client.call('account/login/status', { loginId })).status, 'success');
    await clearNotifications(page);
  });

  it('can be cancelled, and nothing is left waiting', async () => {
    await runOnRow(page, 'side@example.com', 'Sign In Again with a Device Code');
    await pressIn(page, 'Signing in to side@example.com with a device code', 'Cancel');
    await notification(page, 'Signing in to side@example.com with a device code').waitFor({ state: 'detached' });
    await clearNotifications(page);
    await runCommand(page, 'CodexManager: Sign In with ChatGPT');
    const tab = await acceptPage();
    await quickInput(page, 'Finish in the browser').waitFor();
    await pressIn(page, 'waiting for the browser', 'Cancel');
    await quickInput(page, 'Finish in the browser').waitFor({ state: 'hidden' });
    const state = new URL(tab.url()).searchParams.get('state');
    assert.equal((await (await pool.rpc()).call('account/login/status', { loginId: state })).status, 'failed');
    await tab.close();
    assert.equal((await pool.accounts()).length, 4);
  });
});
