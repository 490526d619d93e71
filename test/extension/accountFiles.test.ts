import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sampleAccounts } from '../../src/lab/sampleAccounts.ts';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { answer, choose, chooseFile, clearNotifications, notification, pressIn, pressInDialog, quickInput, row, runCommand, runOnRow, until, writeClipboard } from './workbench.ts';

const passphrase = 'correct horse battery';

describe('accounts in files, in VS Code', function () {
  this.timeout(300_000);
  let pool: PoolWindow;
  let page: Page;
  let logins: string;

  before(async () => {
    pool = await openPoolWindow({ accounts: [...sampleAccounts] });
    page = pool.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    logins = join(pool.code.home, 'logins');
    for (const folder of [logins, join(logins, 'more'), join(pool.code.home, '.codex'), join(pool.code.home, 'out')]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(logins, 'home.json'), pool.lab.authJson('home'));
    writeFileSync(join(logins, 'more', 'team.json'), pool.lab.authJson('team'));
    writeFileSync(join(logins, 'broken.json'), '{"tokens": {');
    writeFileSync(join(pool.code.home, 'work.json'), pool.lab.authJson('work'));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  const emails = async (): Promise<(string | null)[]> => (await pool.accounts()).map(({ email }) => email);

  it('stores the only account of a file at once', async () => {
    await page.locator('.pane-body .monaco-button', { hasText: 'Import auth.json' }).click();
    await chooseFile(page, 'Import accounts from auth.json files', join(pool.code.home, 'work.json'));
    await notification(page, 'work@example.com was added.').waitFor();
    await row(page, 'work@example.com').waitFor();
    await clearNotifications(page);
  });

  it('shows what a folder would bring before it stores, and why some of it cannot be read', async () => {
    await runCommand(page, 'CodexManager: Import Accounts from a Folder');
    await chooseFile(page, 'Import accounts from a folder', `${logins}/`);
    const preview = quickInput(page, 'Import 2 Accounts');
    await preview.waitFor();
    assert.deepEqual(await emails(), ['work@example.com']);
    for (const line of ['home@example.com', 'ann@team.example', 'broken.json']) await preview.locator('.monaco-list-row', { hasText: line }).waitFor();
    await pool.shoot('import-preview');
    await choose(page, 'Import Accounts', 'Import 2 Accounts');
    const end = 'Accounts imported: 2 added, 1 failed.';
    await notification(page, end).waitFor();
    await pool.shoot('import-end');
    await pressIn(page, end, 'Show Reasons');
    await page.locator('.editor-instance .view-line', { hasText: 'broken.json' }).waitFor();
    await pool.shoot('import-reasons');
    assert.deepEqual((await emails()).sort(), ['ann@team.example', 'home@example.com', 'work@example.com']);
    await runCommand(page, 'View: Close Editor');
    await page.locator('.editor-instance').waitFor({ state: 'detached' });
    await clearNotifications(page);
  });

  it('stores nothing when the preview is left', async () => {
    await writeClipboard(page, `[${pool.lab.authJson('side')},${pool.lab.authJson('work')}]`);
    await runCommand(page, 'CodexManager: Import Accounts from Clipboard');
    await quickInput(page, 'Add 1, update 1').waitFor();
    await page.keyboard.press('Escape');
    await quickInput(page, 'Add 1, update 1').waitFor({ state: 'hidden' });
    assert.equal((await emails()).length, 3);
  });

  it('imports the account Codex CLI uses, and asks once whether to keep both in step', async () => {
    writeFileSync(join(pool.code.home, '.codex', 'auth.json'), pool.lab.authJson('side'));
    await runCommand(page, 'CodexManager: Add Account');
    await quickInput(page, 'Add Account').locator('.monaco-list-row', { hasText: 'side@example.com' }).waitFor();
    await pool.shoot('add-account');
    await choose(page, 'Add Account', 'Import the Account Codex CLI Uses Now');
    const question = 'uses the login of side@example.com too';
    await page.locator('.monaco-dialog-box', { hasText: question }).waitFor();
    await pool.shoot('import-share');
    await pressInDialog(page, question, 'Keep in Step');
    await notification(page, 'side@example.com was added.').waitFor();
    assert.equal((await pool.accounts()).find(({ email }) => email === 'side@example.com')?.codexShared, true);
    await clearNotifications(page);
  });

  it('exports with a warning, one file each, for the owner alone', async () => {
    await runCommand(page, 'CodexManager: Export Accounts');
    await quickInput(page, 'Export which accounts?').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-dialog-box', { hasText: 'whoever has them can use these accounts' }).waitFor();
    await pool.shoot('export-warning');
    await pressInDialog(page, 'Export 4 accounts?', 'One File Each…');
    const out = join(pool.code.home, 'out');
    await chooseFile(page, 'Export into which folder?', `${out}/`);
    await notification(page, '4 accounts exported').waitFor();
    const files = readdirSync(out).map((name) => join(out, name));
    assert.equal(files.length, 4);
    for (const file of files) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match(readFileSync(file, 'utf8'), /"refresh_token"/);
    }
    await clearNotifications(page);
  });

  it('lets Codex CLI use an account directly, and keeps what it had', async () => {
    await runOnRow(page, 'home@example.com', 'Use in Codex CLI');
    await page.locator('.monaco-dialog-box', { hasText: 'side@example.com' }).waitFor();
    await pool.shoot('use-in-codex');
    await pressInDialog(page, 'Let Codex CLI use home@example.com?', 'Use in Codex CLI');
    await notification(page, 'Codex CLI now uses home@example.com.').waitFor();
    assert.equal((await (await pool.rpc()).call('account/codexLogin')).email, 'home@example.com');
    await clearNotifications(page);
  });

  it('backs the pool up under a passphrase and restores it into an empty one', async () => {
    const file = join(pool.code.home, 'out', 'pool.json');
    await runCommand(page, 'CodexManager: Back Up Pool');
    await answer(page, 'Passphrase that encrypts the backup', 'short');
    await quickInput(page, 'At least 8 characters.').waitFor();
    await answer(page, 'Back Up Pool', passphrase);
    await answer(page, 'The same passphrase once more', passphrase);
    await chooseFile(page, 'Back Up Pool', file);
    await notification(page, 'Backed up 4 accounts').waitFor({ timeout: 60_000 });
    assert.doesNotMatch(readFileSync(file, 'utf8'), /refresh_token|example\.com/);
    const before = await pool.accounts();
    const client = await pool.rpc();
    await client.call('account/deleteMany', { accountIds: before.map(({ id }) => id) });
    await page.locator('.pane-body .monaco-button', { hasText: 'Sign In with ChatGPT' }).waitFor();
    await clearNotifications(page);
    await runCommand(page, 'CodexManager: Restore a Backup');
    await chooseFile(page, 'Restore which backup file?', file);
    await answer(page, 'Its passphrase opens it', 'not this one at all');
    await quickInput(page, 'The passphrase is wrong').waitFor({ timeout: 60_000 });
    await pool.shoot('restore-wrong');
    await answer(page, 'Restore a Backup', passphrase);
    await quickInput(page, 'Import 4 Accounts').waitFor({ timeout: 60_000 });
    await choose(page, 'Import Accounts', 'Import 4 Accounts');
    await pressInDialog(page, 'uses the login of home@example.com too', 'Keep in Step');
    await notification(page, 'Accounts imported: 4 added.').waitFor();
    const facts = (accounts: typeof before) => accounts.map(({ email, groupName, sort, plan }) => ({ email, groupName, sort, plan }));
    assert.deepEqual(facts(await pool.accounts()), facts(before));
    await until('the rows', async () => (await row(page, 'side@example.com').count()) === 1);
  });
});
