import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PlatformKey } from '../../src/contract/platformKey.ts';
import { send } from '../lab/gatewayUnderTest.ts';
import { openPoolWindow, type PoolWindow } from './poolWindow.ts';
import { answer, choose, notification, pressIn, pressInDialog, quickInput, readClipboard, row, runOnRow, until } from './workbench.ts';

describe('platform keys, in VS Code', function () {
  this.timeout(120_000);
  let pool: PoolWindow;
  let page: Page;

  before(async () => {
    pool = await openPoolWindow({ accounts: [{ label: 'work', email: 'work@example.com', subject: 'auth0|work', chatgptAccountId: 'acc-work' }] });
    page = pool.page;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const rpc = await pool.rpc();
    await rpc.call('account/import', { contents: [pool.lab.authJson('work')] });
    await rpc.call('apikey/create', { name: 'laptop' });
    await row(page, /^laptop/).waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await pool?.shoot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => pool?.dispose());

  const key = async (): Promise<PlatformKey> => {
    const [found] = (await (await pool.rpc()).call('apikey/list')).items;
    assert.ok(found);
    return found;
  };
  const ask = async (): Promise<number> => {
    const rpc = await pool.rpc();
    const { key: text } = await rpc.call('apikey/readSecret', { id: (await key()).id });
    const body = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: 'hello', max_output_tokens: 42 });
    return (await send(`http://127.0.0.1:${pool.port}/v1/responses`, { method: 'POST', headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' }, body })).status;
  };

  it('get limits one after the other, with what is used of them', async () => {
    await runOnRow(page, /^laptop/, 'Edit Limits of Platform Key');
    await choose(page, 'Limits of laptop', 'Tokens per day');
    await answer(page, 'From midnight to midnight', '0');
    await quickInput(page, 'Write a whole number above 0').waitFor();
    await answer(page, 'Write a whole number above 0', '50');
    await quickInput(page, 'Limits of laptop').locator('.monaco-list-row', { hasText: /Tokens per day.*0 of 50 used/ }).waitFor();
    await pool.shoot('key-limits');
    await choose(page, 'Limits of laptop', 'Highest effort');
    await answer(page, 'requests for more get this much', 'high');
    await quickInput(page, 'Limits of laptop').locator('.monaco-list-row', { hasText: /Highest effort.*high/ }).waitFor();
    await page.keyboard.press('Escape');
    await row(page, /^laptop.*100 % of today left/).waitFor();
    assert.deepEqual([(await key()).limits?.tokensPerDay, (await key()).limits?.effortCeiling], [50, 'high']);
  });

  it('say when 80 percent of a budget is used, on the row and once in a word', async () => {
    assert.equal(await ask(), 200);
    await row(page, /^laptop.*\d+ % of today left/).waitFor();
    await notification(page, /Platform key laptop: \d+ % of today left \(tokens per day: \d+ of 50 used/).waitFor();
    await pool.shoot('key-budget');
    await pressIn(page, 'Platform key laptop', 'Show Platform Keys');
  });

  it('get another name, a note and a new text', async () => {
    await runOnRow(page, /^laptop/, 'Rename Platform Key');
    await answer(page, 'Name of the key', 'desk');
    await runOnRow(page, /^desk/, 'Edit Note of Platform Key');
    await answer(page, 'Shown when you point at the key', 'of mine');
    await until('the note', async () => (await key()).note === 'of mine');
    const rpc = await pool.rpc();
    const before = (await rpc.call('apikey/readSecret', { id: (await key()).id })).key;
    await runOnRow(page, /^desk/, 'Regenerate Platform Key');
    await pressInDialog(page, 'Give desk a new key text?', 'Regenerate');
    await pressIn(page, 'Platform key desk has a new text', 'Copy Key');
    const after = (await rpc.call('apikey/readSecret', { id: (await key()).id })).key;
    assert.notEqual(after, before);
    await until('the new text in the clipboard', async () => (await readClipboard(page)) === after);
  });
});
