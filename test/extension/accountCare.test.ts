import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sampleAccounts } from '../../src/lab/sampleAccounts.ts';
import { openPoolWindow, screens, type PoolWindow } from './poolWindow.ts';
import { answer, choose, clearNotifications, notification, openSidebar, pressInDialog, quickInput, readClipboard, row, runCommand, runOnRow, until } from './workbench.ts';

describe('care for accounts, in VS Code', function () {
  this.timeout(300_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: [...sampleAccounts] });
    page = pool.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const client = await pool.rpc();
    await client.call('account/import', { contents: sampleAccounts.map(({ label }) => pool.lab.authJson(label)) });
    const ids = await idsOf('home', 'side');
    await client.call('account/updateMany', { accountIds: ids, groupName: 'PERSONAL' });
    await row(page, 'PERSONAL').waitFor();
    // The first figures are drawn: before, a row may be another one between the press and the drop.
    for (const { email } of sampleAccounts) await row(page, new RegExp(`${email}.*(%|spent)`)).waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  const idsOf = async (...labels: string[]) => {
    const accounts = await pool.accounts();
    return labels.map((label) => {
      const email = sampleAccounts.find((sample) => sample.label === label)?.email;
      const account = accounts.find((one) => one.email === email);
      if (!account) throw new Error(`no account ${label}`);
      return account.id;
    });
  };
  const groups = async (): Promise<string[]> => (await pool.accounts()).map(({ email, groupName }) => `${groupName}/${email?.split('@')[0]}`);
  /** What the tree shows, from top to bottom. */
  const shown = (): Promise<string[]> => page.evaluate<string[]>(`[...document.querySelectorAll('.pane')[0].querySelectorAll('.monaco-list-row')]
    .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index)).map((row) => row.querySelector('.label-name').textContent.split('@')[0])`);
  const drag = (from: string, to: string): Promise<void> => row(page, from).dragTo(row(page, to));
  const untilShown = (wanted: string): Promise<unknown> => until(`the tree shows ${wanted}`, async () => (await shown()).join(' ') === wanted);

  it('drags an account onto another group, before another account, and groups among themselves', async () => {
    await untilShown('IMPORT work ann PERSONAL home side');
    await drag('work@example.com', 'PERSONAL');
    await untilShown('PERSONAL home side work IMPORT ann');
    await drag('work@example.com', 'home@example.com');
    await untilShown('PERSONAL work home side IMPORT ann');
    await drag('IMPORT', 'PERSONAL');
    await untilShown('IMPORT ann PERSONAL work home side');
    assert.deepEqual(await groups(), ['IMPORT/ann', 'PERSONAL/work', 'PERSONAL/home', 'PERSONAL/side']);
    await pool.shoot('care-dragged');
  });

  it('drags several at once', async () => {
    await row(page, 'work@example.com').click();
    await row(page, 'home@example.com').click({ modifiers: ['Control'] });
    await drag('home@example.com', 'IMPORT');
    await untilShown('IMPORT ann work home PERSONAL side');
    assert.deepEqual(await groups(), ['IMPORT/ann', 'IMPORT/work', 'IMPORT/home', 'PERSONAL/side']);
    await row(page, 'PERSONAL').locator('.label-name').click();
    await row(page, 'PERSONAL').locator('.label-name').click();
  });

  it('imports a file that is dropped on the tree from outside', async () => {
    const [id] = await idsOf('side');
    assert.ok(id);
    await (await pool.rpc()).call('account/delete', { accountId: id });
    await untilShown('IMPORT ann work home');
    const file = JSON.stringify(pool.lab.authJson('side'));
    const transfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([${file}], 'side.json', { type: 'application/json' }));
      return transfer;
    })()`);
    for (const event of ['dragenter', 'dragover', 'drop']) await row(page, 'IMPORT').dispatchEvent(event, { dataTransfer: transfer });
    await notification(page, 'side@example.com was added.').waitFor();
    await untilShown('IMPORT ann work home side');
    await clearNotifications(page);
  });

  it('keeps what is written on an account', async () => {
    await runOnRow(page, 'work@example.com', 'Rename Account');
    await answer(page, 'Rename work@example.com', 'Work [x](command:evil)');
    await row(page, 'Work [x]').waitFor();
    await runOnRow(page, 'Work [x]', 'Edit Tags');
    await answer(page, 'Separate tags with commas', 'eu, #paid');
    await row(page, /Work \[x\].*#eu {2}#paid/).waitFor();
    await runOnRow(page, 'Work [x]', 'Edit Note');
    await answer(page, 'Note on', 'Ann pays for this one');
    await runOnRow(page, 'Work [x]', 'Move to Group');
    await pool.shoot('care-group');
    await choose(page, 'to Group', 'New Group…');
    await answer(page, 'Name of the new group', 'TEAM');
    await untilShown('IMPORT ann home side TEAM Work [x](command:evil)');
    const account = (await pool.accounts()).find(({ email }) => email === 'work@example.com');
    assert.deepEqual([account?.label, account?.tags, account?.note, account?.groupName], ['Work [x](command:evil)', ['eu', 'paid'], 'Ann pays for this one', 'TEAM']);
    await row(page, 'Work [x]').hover();
    const hover = page.locator('.monaco-hover', { hasText: 'Ann pays for this one' });
    await hover.waitFor();
    assert.equal(await hover.locator('a').count(), 0);
    await pool.shoot('care-tooltip');
    await runOnRow(page, 'Work [x]', 'Refresh Login Now');
    const told = notification(page, /Login of Work .* refreshed/);
    await told.waitFor();
    assert.equal(await told.locator('.notification-list-item-message a').count(), 0);
    await clearNotifications(page);
  });

  it('copies the account id and pauses a whole group', async () => {
    await runOnRow(page, 'ann@team.example', 'Copy Account Id');
    assert.equal(await until('the id on the clipboard', async () => {
      const text = await readClipboard(page);
      return /^[0-9-]+$|^3{8}/.test(text) && text;
    }), '33333333-3333-4333-8333-333333333333');
    await runOnRow(page, 'IMPORT', 'Pause Account');
    await until('the group paused', async () => (await pool.accounts()).filter(({ groupName }) => groupName === 'IMPORT').every(({ enabled }) => !enabled));
    await row(page, /ann@team\.example.*paused/).waitFor();
  });

  it('deletes by state, showing the accounts first', async () => {
    await runCommand(page, 'CodexManager: Delete Accounts by State');
    await quickInput(page, 'Delete Accounts by State').locator('.monaco-list-row', { hasText: 'Paused' }).click();
    await pool.shoot('care-states');
    await page.keyboard.press('Enter');
    const list = quickInput(page, 'Delete Accounts by State');
    await list.locator('.monaco-list-row', { hasText: 'home@example.com' }).click();
    await pool.shoot('care-review');
    await page.keyboard.press('Enter');
    await page.locator('.monaco-dialog-box', { hasText: 'removed from this computer' }).waitFor();
    await pool.shoot('care-delete');
    await pressInDialog(page, 'Delete 2 accounts?', 'Delete');
    await untilShown('TEAM Work [x](command:evil) IMPORT home');
  });

  it('cleans up what only its owner can bring back', async () => {
    const [home] = await idsOf('home');
    assert.ok(home);
    const client = await pool.rpc();
    await client.call('account/updateMany', { accountIds: [home], enabled: true });
    // A row that is drawn anew takes its menu away.
    await row(page, /home@example\.com(?!.*paused)/).waitFor();
    pool.lab.refuseRefresh('home', 'refresh_token_reused');
    await runOnRow(page, 'home@example.com', 'Refresh Login Now');
    await row(page, /home@example\.com.*sign in again/).waitFor();
    await notification(page, /login of home@example\.com was refused/).locator('.monaco-button', { hasText: 'Sign In Again' }).waitFor();
    await pool.shoot('care-refused');
    await clearNotifications(page);
    await runCommand(page, 'CodexManager: Clean Up Unusable Accounts');
    await quickInput(page, 'Clean Up Unusable Accounts').locator('.monaco-list-row', { hasText: 'home@example.com' }).waitFor();
    await page.keyboard.press('Enter');
    await pressInDialog(page, 'Delete the account home@example.com?', 'Delete');
    await untilShown('TEAM Work [x](command:evil)');
  });

  for (const [theme, name] of [['Default Dark Modern', 'dark'], ['Default High Contrast', 'contrast'], ['Default Light Modern', 'light']] as const) {
    it(`draws the accounts in the theme ${theme}, wide and narrow`, async () => {
      pool.code.setTheme(theme);
      const window = await pool.code.open();
      await openSidebar(window);
      await row(window, 'Work [x]').waitFor();
      for (const width of [1_200, 620]) {
        await window.setViewportSize({ width, height: 800 });
        await window.screenshot({ path: join(screens, `accounts-${name}-${width}.png`), animations: 'disabled' });
      }
      await window.context().close();
    });
  }
});
