import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { LabAccountOptions } from '../../src/lab/options.ts';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { choose, clearNotifications, notification, openSidebar, pressIn, pressInDialog, quickInput, row, runCommand, runOnRow, until } from './workbench.ts';

const soon: LabAccountOptions = { label: 'soon', email: 'soon@example.com', subject: 'auth0|soon', chatgptAccountId: 'acc-soon', usedPercent: 0 };
const others: readonly LabAccountOptions[] = [
  { label: 'work', email: 'work@example.com', subject: 'auth0|work', chatgptAccountId: 'acc-work', usedPercent: 38, weeklyPercent: 19, resetsInSeconds: 20_000 },
  { label: 'home', email: 'home@example.com', subject: 'auth0|home', chatgptAccountId: 'acc-home', usedPercent: 92, weeklyPercent: 66, resetsInSeconds: 9_000 },
  { label: 'team', email: 'ann@team.example', subject: 'auth0|ann', chatgptAccountId: 'acc-ann', plan: 'team', usedPercent: 100, weeklyPercent: 40, resetsInSeconds: 15_000, resetCredits: 1 },
];

const wire = (used: number, seconds: number, resetsIn: number) => ({ used_percent: used, limit_window_seconds: seconds, reset_after_seconds: resetsIn, reset_at: 0 });
const usage = (used: number, resetsIn: number, more: object = {}) => ({
  status: 200, body: { plan_type: 'plus', rate_limit: { allowed: used < 100, limit_reached: used >= 100, primary_window: wire(used, 18_000, resetsIn), secondary_window: wire(0, 604_800, 400_000) }, ...more },
});

describe('usage, in VS Code', function () {
  this.timeout(300_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: [soon, ...others] });
    page = pool.page;
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  const statusItem = (window: Page = page): Locator => window.locator('.statusbar-item[id="codexmanager.codexmanager.codexmanager.status"]');
  const untilStatus = (wanted: RegExp, window = page): Promise<unknown> => until(`the status bar says ${wanted}`, async () => wanted.test((await statusItem(window).innerText({ timeout: 1_000 }).catch(() => '')).trim()), 40_000);
  const importAll = async (...labels: string[]): Promise<void> => void await (await pool.rpc()).call('account/import', { contents: labels.map((label) => pool.lab.authJson(label)) });
  /** The accounts in the tree, from top to bottom, by the first part of their names. */
  const shown = (): Promise<string> => page.evaluate<string>(`[...document.querySelectorAll('.pane')[0].querySelectorAll('.monaco-list-row[aria-level="2"]')]
    .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index)).map((row) => row.querySelector('.label-name').textContent.split('@')[0]).join(' ')`);
  const untilShown = (wanted: string): Promise<unknown> => until(`the tree shows ${wanted}`, async () => (await shown()) === wanted);
  const accountsHeader = (window: Page = page): Locator => window.locator('.pane-header', { hasText: 'Accounts' });
  /** What the tooltip says, once it says `wanted`. */
  const hoverText = (window: Page, over: Locator, wanted: string): Promise<string> => until(`a tooltip with ${wanted}`, async () => {
    await over.hover({ timeout: 1_000 }).catch(() => undefined);
    const text = await window.locator('.monaco-hover:visible', { hasText: wanted }).first().innerText({ timeout: 1_000 }).catch(() => '');
    return text.replaceAll('\u00a0', ' ');
  });

  it('shows in tree and status bar the moment a spent window is reset, without a click', async () => {
    pool.lab.usage('soon', usage(100, 12));
    await importAll('soon');
    await row(page, /soon@example\.com.*spent until \d\d:\d\d/).waitFor();
    await untilStatus(/^back \d\d:\d\d$/);
    await until('the warning', async () => (await statusItem().getAttribute('class'))?.includes('warning'));
    await pool.shoot('usage-spent');
    await row(page, /soon@example\.com.*100 %/).waitFor({ timeout: 30_000 });
    await untilStatus(/^100 %/);
    assert.doesNotMatch(await statusItem().getAttribute('class') ?? '', /warning/);
    // What begins then is asked for a little later.
    pool.lab.usage('soon', usage(3, 17_900));
    await row(page, /soon@example\.com.*97 % · \d\d:\d\d/).waitFor({ timeout: 40_000 });
    await untilStatus(/^97 % · 4h 5\dm$/);
  });

  it('shows what the provider says of new accounts, without a click', async () => {
    await importAll(...others.map(({ label }) => label));
    await row(page, /work@example\.com.*62 % ·/).waitFor();
    await row(page, /home@example\.com.*8 % ·/).waitFor();
    await row(page, /ann@team\.example.*spent until/).waitFor();
    await row(page, /IMPORT.*3 of 4 ready · 42 %/).waitFor();
    await row(page, 'work@example.com').click();
    await page.keyboard.press('ArrowRight');
    await row(page, /5 h.*62 % {2}▓▓▓▓▓░░░ {2}resets /).waitFor();
    await row(page, /7 days.*81 % {2}▓▓▓▓▓▓░░ {2}resets /).waitFor();
  });

  it('shows another figure in the status bar, or nothing, as the settings say', async () => {
    for (const [show, wanted] of [['tightest', /^8 % · 2h/], ['pool', /^1\.7 × 5 h$/], ['hidden', null], ['current', /^97 % · 4h/]] as const) {
      pool.code.configure({ 'codexmanager.statusBar.show': show });
      const window = await pool.code.open();
      await openSidebar(window);
      await row(window, 'work@example.com').waitFor({ timeout: 60_000 });
      if (wanted) await untilStatus(wanted, window);
      else assert.equal(await statusItem(window).isVisible(), false);
      await window.context().close();
    }
  });

  it('has a tooltip with every account and what can be done', async () => {
    const text = await hoverText(page, statusItem(), 'accounts ready');
    for (const part of ['3 of 4 accounts ready', /home@example\.com\s+▓░░░░░ 8 % · /, 'Left: 1.7 full 5-hour windows now', 'Next: soon@example.com (first in order)', /Today \d+ requests?/]) assert.match(text, typeof part === 'string' ? new RegExp(part.replaceAll(/[.()]/g, '\\$&')) : part);
    await pool.shoot('usage-tooltip');
    await page.locator('.monaco-hover:visible a', { hasText: 'Refresh' }).click();
    await page.locator('.statusbar-item', { hasText: 'usage of 4 accounts refreshed' }).waitFor();
    await statusItem().click();
    await page.locator('.tab', { hasText: 'CodexManager' }).waitFor();
    await runCommand(page, 'View: Close All Editors');
  });

  it('refreshes all with progress, tells who failed and why, and can be cancelled', async () => {
    pool.lab.usage('home', { ...usage(92, 9_000), hold: true });
    pool.lab.usage('work', { status: 503, body: {} });
    await accountsHeader().hover();
    await accountsHeader().locator('.action-label[aria-label*="Refresh Usage"]').click();
    await notification(page, /Refreshing usage.*3 of 4 · 1 failed · last: /s).waitFor();
    await pool.shoot('usage-refreshing');
    pool.lab.release();
    const end = 'Usage of 3 of 4 accounts read, 1 failed.';
    await notification(page, end).waitFor();
    await pressIn(page, end, 'Show Reasons');
    await page.locator('.editor-instance .view-line', { hasText: 'the provider is in trouble (503)' }).waitFor();
    await pool.shoot('usage-reasons');
    await runCommand(page, 'View: Close Editor');
    assert.match(await hoverText(page, row(page, 'work@example.com'), 'usage not read'), /usage not read since \d\d:\d\d: the provider is in trouble \(503\)/);
    await runCommand(page, 'CodexManager: Refresh Usage');
    await pressIn(page, 'Refreshing usage', 'Cancel');
    await notification(page, 'The refresh was cancelled: usage of 2 of 4 accounts read, 1 failed.').waitFor();
    pool.lab.release();
    for (const label of ['home', 'work']) pool.lab.usage(label, null);
    await clearNotifications(page);
  });

  it('refreshes an account from its row', async () => {
    pool.lab.setUsed('work', 50);
    await row(page, 'work@example.com').hover();
    await row(page, 'work@example.com').locator('.action-label[aria-label*="Refresh Usage"]').click();
    await row(page, /work@example\.com.*50 % ·/).waitFor();
  });

  it('sorts and filters, and says so', async () => {
    await untilShown('soon work home ann');
    await runCommand(page, 'CodexManager: Sort Accounts');
    await quickInput(page, 'shown now').waitFor();
    await pool.shoot('usage-sort');
    await choose(page, 'Sort Accounts', 'Name');
    await untilShown('ann home soon work');
    await accountsHeader().locator('.description', { hasText: 'by name' }).waitFor();
    await row(page, 'home@example.com').dragTo(row(page, 'ann@team.example'));
    await notification(page, 'Accounts can be moved while they are sorted by their order.').waitFor();
    await clearNotifications(page);
    await accountsHeader().hover();
    await accountsHeader().locator('.action-label[aria-label*="Filter Accounts"]').click();
    await pool.shoot('usage-filter');
    await choose(page, 'Filter Accounts', /^.*Low/);
    await untilShown('home');
    await accountsHeader().locator('.description', { hasText: '1 of 4 · low · by name' }).waitFor();
    await accountsHeader().hover();
    await pool.shoot('usage-filtered');
    await accountsHeader().locator('.action-label.codicon-filter-filled').click();
    await quickInput(page, 'Filter Accounts').locator('input[type="text"]').fill('example.com work');
    await choose(page, 'Filter Accounts', '“example.com work”');
    await untilShown('work');
    await runCommand(page, 'CodexManager: Filter Accounts');
    await choose(page, 'Filter Accounts', 'Needs Action');
    await page.locator('.pane-body .monaco-button', { hasText: 'Show All Accounts' }).click();
    await untilShown('ann home soon work');
    await runCommand(page, 'CodexManager: Sort Accounts');
    await choose(page, 'Sort Accounts', 'Order');
    await untilShown('soon work home ann');
  });

  it('redeems a reset after a question', async () => {
    await runOnRow(page, 'ann@team.example', 'Redeem Reset');
    await page.locator('.monaco-dialog-box', { hasText: 'Reset the windows of ann@team.example now?' }).waitFor();
    await pool.shoot('usage-redeem');
    await pressInDialog(page, 'Its only reset is used up. This cannot be undone.', 'Cancel');
    assert.equal((await pool.accounts()).find(({ email }) => email === 'ann@team.example')?.resetCredits, 1);
    await runOnRow(page, 'ann@team.example', 'Redeem Reset');
    await pressInDialog(page, 'Its only reset is used up.', 'Redeem Reset');
    await notification(page, 'The windows of ann@team.example were reset: it can work again.').waitFor();
    await row(page, /ann@team\.example.*60 % ·/).waitFor();
    await clearNotifications(page);
  });

  it('tells that an account is spent, and which one goes on', async () => {
    pool.lab.usage('soon', null);
    pool.lab.setUsed('soon', 100);
    await row(page, 'soon@example.com').hover();
    await row(page, 'soon@example.com').locator('.action-label[aria-label*="Refresh Usage"]').click();
    await notification(page, /soon@example\.com is spent until \d\d:\d\d\. Requests go on with/).waitFor();
    await pool.shoot('usage-notice');
    await untilStatus(/^50 % · /);
    await pressIn(page, 'is spent until', 'Show Accounts');
    await clearNotifications(page);
  });

  for (const [theme, name, kind] of [['Default Dark Modern', 'dark', 'vs-dark'], ['Default High Contrast', 'contrast', 'hc-black'], ['Default Light Modern', 'light', 'vs']] as const) {
    it(`is drawn in the theme ${theme}, in a narrow and a wide sidebar`, async () => {
      pool.lab.usage('home', usage(92, 9_000, {
        credits: { has_credits: true, unlimited: false, balance: '12.50' }, code_review_rate_limit: { allowed: true, limit_reached: false, primary_window: wire(70, 604_800, 200_000) },
      }));
      await (await pool.rpc()).call('account/usage/refresh');
      pool.code.setTheme(theme);
      const window = await pool.code.open();
      await window.locator(`.monaco-workbench.${kind}`).waitFor();
      await openSidebar(window);
      for (const email of ['work@example.com', 'home@example.com']) {
        await row(window, email).click({ timeout: 60_000 });
        await window.keyboard.press('ArrowRight');
      }
      await row(window, 'Credits').waitFor();
      for (const [size, x] of [['narrow', 250], ['wide', 560]] as const) {
        await dragSash(window, x);
        await hoverText(window, statusItem(window), 'accounts ready');
        await window.screenshot({ path: `artifacts/screens/vscode/usage-${name}-${size}.png`, animations: 'disabled' });
        await window.mouse.move(700, 300);
      }
      await window.context().close();
    });
  }
});

/** Makes the sidebar end at `x`. */
async function dragSash(page: Page, x: number): Promise<void> {
  const edge = await page.evaluate<number>(`Math.min(...[...document.querySelectorAll('.monaco-sash.vertical:not(.disabled)')].map((one) => one.getBoundingClientRect()).filter(({ x, height }) => x > 200 && height > 400).map(({ x, width }) => x + width / 2))`);
  await page.mouse.move(edge, 650);
  await page.mouse.down();
  await page.mouse.move(x, 650, { steps: 5 });
  await page.mouse.up();
}
