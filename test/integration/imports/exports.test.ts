import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Account } from '../../../src/contract/account.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { codexLoginStatus, codexTurnWithLogin } from '../../clients/codexWithLogin.ts';
import { accountsOf, authText, counts, importAll, textSource, wipe } from './importing.ts';

/** What has to be the same after a way out and in again: all but our own id and the times of this pool. */
function comparable({ id: _id, createdAt: _createdAt, ...account }: Account): Omit<Account, 'id' | 'createdAt'> {
  return account;
}

describe('an export', () => {
  let harness: Harness;
  let folder: string;
  before(async () => { harness = await startHarness([], {}, { lab: { accounts: [accountA, accountB] } }); });
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'codexmanager-export-')); });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await wipe(harness.rpc);
  });
  after(() => harness.dispose());

  /** A pool with everything a person can set, and every kind of account. */
  async function fillPool(): Promise<void> {
    await importAll(harness.rpc, textSource(authText('one'), authText('two', { apiKey: 'sk-planted-key' }), authText('three', { refreshToken: null }), authText('four'), harness.lab.personalToken('b')));
    const id = async (name: string): Promise<Account['id']> => (await accountsOf(harness.rpc)).find(({ email }) => email === `${name}@example.com`)?.id as Account['id'];
    await harness.rpc.call('account/update', { accountId: await id('one'), label: 'Größe / Work: 1', groupName: 'Team', tags: ['x', 'y'], note: 'a\nnote', sort: 40 });
    await harness.rpc.call('account/update', { accountId: await id('two'), groupName: null, enabled: false });
    await harness.rpc.call('account/update', { accountId: await id('four'), label: 'Größe / Work: 1', sort: 40 });
  }

  for (const form of ['file', 'folder'] as const) {
    it(`into a ${form} comes back as the same pool`, async () => {
      await fillPool();
      const before = (await accountsOf(harness.rpc)).map(comparable);
      const place = form === 'file' ? join(folder, 'pool.json') : join(folder, 'pool');
      const first = await harness.rpc.call('account/export', { [form]: place });
      assert.deepEqual([first.count, first.skipped], [5, 0]);
      await wipe(harness.rpc);
      const back = await importAll(harness.rpc, { paths: [place], groupName: 'elsewhere' });
      assert.deepEqual(counts(back), [5, 5, 0, 0, 0]);
      const after = (await accountsOf(harness.rpc)).map(comparable);
      // The two that shared a sort have one each now, in the same order.
      assert.deepEqual(after.map(({ sort }) => sort), [1, 2, 4, 40, 41]);
      assert.deepEqual(after, before.map((account, index) => ({ ...account, sort: index === 4 ? 41 : account.sort })));
      const again = await harness.rpc.call('account/export', { [form]: `${place}-again` });
      const logins = (paths: readonly string[]): unknown[] => paths.map((path): unknown => JSON.parse(readFileSync(path, 'utf8')));
      assert.deepEqual(logins(again.paths), logins(first.paths), 'tokens and API keys too');
    });
  }

  it('is readable by its owner alone, and named for a person to find', async () => {
    await fillPool();
    writeFileSync(join(folder, 'two@example.com.json'), 'mine');
    const { paths } = await harness.rpc.call('account/export', { folder });
    assert.deepEqual(paths.map((path) => basename(path)), ['two@example.com-2.json', 'three@example.com.json', 'b@example.com.json', 'Größe _ Work_ 1.json', 'Größe _ Work_ 1-2.json']);
    assert.deepEqual([...new Set(paths.map((path) => statSync(path).mode & 0o777))], [0o600]);
    assert.equal(readFileSync(join(folder, 'two@example.com.json'), 'utf8'), 'mine');
    assert.equal(readdirSync(folder).length, 6, 'nothing else is left behind');
    const file = join(folder, 'all.json');
    writeFileSync(file, 'old', { mode: 0o644 });
    await harness.rpc.call('account/export', { file });
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is of those that were chosen', async () => {
    await importAll(harness.rpc, textSource(authText('one'), authText('two')));
    const [, two] = await accountsOf(harness.rpc);
    const { count, paths } = await harness.rpc.call('account/export', { folder, accountIds: two ? [two.id, two.id] : [] });
    assert.deepEqual([count, paths.map((path) => basename(path))], [1, ['two@example.com.json']]);
    await assert.rejects(harness.rpc.call('account/export', { folder, accountIds: ['gone' as Account['id']] }), { code: 'notFound', message: /gone/ });
  });

  it('says what is in its way, and leaves nothing half done', async () => {
    await assert.rejects(harness.rpc.call('account/export', { folder }), { code: 'notFound', message: /no accounts/ });
    await importAll(harness.rpc, textSource(authText('one')));
    await assert.rejects(harness.rpc.call('account/export', {}), { code: 'badRequest', message: /a folder, or a file/ });
    await assert.rejects(harness.rpc.call('account/export', { file: 'relative.json' }), { code: 'badRequest', message: /absolute/ });
    await assert.rejects(harness.rpc.call('account/export', { file: join(folder, 'missing', 'x.json') }), { code: 'notFound', message: /missing does not exist/ });
    await assert.rejects(harness.rpc.call('account/export', { folder: join(folder, 'missing', 'deep') }), { code: 'notFound', message: /missing does not exist/ });
    await assert.rejects(harness.rpc.call('account/export', { file: folder }), { code: 'badRequest', message: /EISDIR|ENOTDIR|EEXIST/ });
    writeFileSync(join(folder, 'not-a-folder'), '');
    await assert.rejects(harness.rpc.call('account/export', { folder: join(folder, 'not-a-folder') }), { code: 'badRequest', message: /ENOTDIR/ });
    assert.deepEqual(readdirSync(folder), ['not-a-folder']);
    assert.deepEqual(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`.${basename(folder)}`)), []);
  });

  it('can be used by the real Codex CLI as its auth.json', async function () {
    this.timeout(120_000);
    await importAll(harness.rpc, textSource(harness.lab.authJson('a')));
    const { paths } = await harness.rpc.call('account/export', { folder });
    const text = readFileSync(paths[0] ?? '', 'utf8');
    assert.match(text, /"codexmanager"/);
    const status = await codexLoginStatus(text);
    assert.equal(status.exitCode, 0, status.stderr);
    assert.match(status.stdout + status.stderr, /Logged in using ChatGPT/);
    const turn = await codexTurnWithLogin(text, harness.lab.url);
    assert.equal(turn.exitCode, 0, turn.stderr);
    assert.match(turn.stdout, /Hello from a\./);
    assert.equal(harness.lab.requests.at(-1)?.headers['chatgpt-account-id'], 'acc-a');
  });
});
