import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyId } from '../../../src/contract/platformKey.ts';
import { accountA, send, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { accountsOf, authText, counts, follow, importAll, readImport, storeImport, textSource, wipe } from './importing.ts';

const passphrase = 'correct horse planted';

describe('an encrypted backup', function () {
  this.timeout(120_000);
  let harness: Harness;
  let folder: string;
  let file: string;
  before(async () => { harness = await startHarness([], {}, { lab: { accounts: [accountA] } }); });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-backup-'));
    file = join(folder, 'pool.codexmanager');
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await wipe(harness.rpc);
  });
  after(() => harness.dispose());

  const pool = async (): Promise<unknown[]> => (await accountsOf(harness.rpc)).map(({ id: _id, createdAt: _createdAt, ...account }) => account);
  const keys = async (): Promise<unknown[]> => (await harness.rpc.call('apikey/list')).items.map(({ lastUsedAt: _lastUsedAt, ...key }) => key);

  it('brings the same pool and the same platform keys back', async () => {
    await importAll(harness.rpc, textSource(harness.lab.authJson('a'), authText('two', { apiKey: 'sk-planted-key' }), harness.lab.personalToken('a'), authText('three')));
    const [first] = await accountsOf(harness.rpc);
    if (first) await harness.rpc.call('account/update', { accountId: first.id, label: 'Ärger 😀', tags: ['t'], note: 'n', groupName: null, sort: 12 });
    const { id, key } = await harness.rpc.call('apikey/create', { name: 'restored', modelSlug: 'gpt-5.5', reasoningEffort: 'high', note: 'of mine', limits: { tokensPerDay: 5_000, models: ['gpt-5*'] }, expiresAt: 4_000_000_000 });
    const disabled = await harness.rpc.call('apikey/create', { name: 'disabled' });
    await harness.rpc.call('apikey/disable', { id: disabled.id });
    const before = [await pool(), await keys()];
    assert.deepEqual(await harness.rpc.call('backup/create', { file, passphrase }), { path: file, accounts: 3, keys: 3 });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['pool.codexmanager']);
    await wipe(harness.rpc);
    for (const item of (await harness.rpc.call('apikey/list')).items) await harness.rpc.call('apikey/delete', { id: item.id });
    await harness.restart();
    const ready = await readImport(harness.rpc, { paths: [file], passphrase });
    assert.deepEqual([ready.state, ready.keys, ...counts(ready)], ['ready', 3, 3, 3, 0, 0, 0]);
    assert.deepEqual([await pool(), await keys()], [[], []], 'a preview stores nothing');
    await storeImport(harness.rpc, ready.importId);
    assert.deepEqual([await pool(), await keys()], before);
    assert.deepEqual(await harness.rpc.call('apikey/readSecret', { id }), { id, key });
    const url = `${harness.service.ready.gateway.addresses[0]}/v1/models`;
    assert.equal((await send(url, { method: 'GET', headers: { authorization: `Bearer ${key}` } })).status, 200, 'the key is the one that opened the gateway before');
    assert.equal((await send(url, { method: 'GET', headers: { authorization: `Bearer ${disabled.key}` } })).status, 403);
  });

  it('leaves what is there already alone', async () => {
    await importAll(harness.rpc, textSource(authText('one'), authText('two')));
    const { id } = await harness.rpc.call('apikey/create', { name: 'before' });
    await harness.rpc.call('backup/create', { file, passphrase });
    const [one] = await accountsOf(harness.rpc);
    if (one) await harness.rpc.call('account/update', { accountId: one.id, label: 'renamed', note: 'since then' });
    await harness.rpc.call('apikey/disable', { id });
    await harness.rpc.call('account/delete', { accountId: (await accountsOf(harness.rpc))[1]?.id as never });
    const ready = await readImport(harness.rpc, { paths: [file], passphrase });
    assert.deepEqual([ready.keys, ...counts(ready)], [0, 2, 1, 0, 1, 0]);
    await storeImport(harness.rpc, ready.importId);
    assert.deepEqual((await accountsOf(harness.rpc)).map(({ label, note }) => [label, note]), [['renamed', 'since then'], ['two@example.com', null]]);
    assert.equal((await harness.rpc.call('apikey/list')).items.find((key) => key.id === id)?.status, 'disabled');
  });

  it('asks for its passphrase, says when it is wrong, and goes on when it is right', async () => {
    await importAll(harness.rpc, textSource(authText('one')));
    await harness.rpc.call('backup/create', { file, passphrase });
    await wipe(harness.rpc);
    const asked = await readImport(harness.rpc, { paths: [file], sources: [{ name: 'beside', text: authText('two') }] });
    assert.deepEqual([asked.state, asked.message], ['passphraseNeeded', `${file} is an encrypted backup. Its passphrase opens it.`]);
    const { importId } = asked;
    await assert.rejects(harness.rpc.call('account/import/commit', { importId }), { code: 'badRequest', message: /passphrase/ });
    const wrong = await harness.rpc.call('account/import/commit', { importId, passphrase: 'not this one' });
    assert.deepEqual([wrong.state, wrong.message], ['passphraseNeeded', `The passphrase is wrong, or ${file} is damaged.`]);
    assert.ok(wrong.revision > asked.revision);
    const right = await follow(harness.rpc, await harness.rpc.call('account/import/commit', { importId, passphrase }), 'reading');
    assert.deepEqual([right.state, right.message, ...counts(right)], ['ready', null, 2, 2, 0, 0, 0]);
    assert.deepEqual(counts(await storeImport(harness.rpc, importId)), [2, 2, 0, 0, 0]);
  });

  it('is refused by name when it is from a newer version, and as damaged when a part of it is gone', async () => {
    await importAll(harness.rpc, textSource(authText('one')));
    await harness.rpc.call('backup/create', { file, passphrase });
    const text = readFileSync(file, 'utf8');
    for (const [changed, reason] of [
      [text.replace('"version":1', '"version":2'), 'this backup was made by a newer version of CodexManager (format 2); update CodexManager, then restore it'],
      [text.slice(0, -40), 'this backup is damaged: it is not complete'],
      [text.replace('"r":8', '"r":64'), 'this backup is damaged: parts of it are missing or changed'],
    ] as const) {
      writeFileSync(file, changed);
      const ready = await readImport(harness.rpc, { paths: [file], passphrase });
      assert.deepEqual([ready.state, ready.errors[0]?.reason, ...counts(ready)], ['ready', reason, 1, 0, 0, 0, 1]);
    }
  });

  it('cannot be read by who has the file alone, nor imported without its passphrase', async () => {
    await importAll(harness.rpc, textSource(authText('one', { apiKey: 'sk-planted-key' })));
    await harness.rpc.call('backup/create', { file, passphrase });
    const bytes = readFileSync(file, 'latin1');
    for (const secret of ['planted', 'one@example.com', harness.key, passphrase]) assert.ok(!bytes.includes(secret), secret);
    await assert.rejects(harness.rpc.call('account/import', { content: readFileSync(file, 'utf8') }), { code: 'unsupported', message: /passphrase/ });
    await assert.rejects(harness.rpc.call('backup/create', { file, passphrase: 'short' }), { code: 'badRequest' });
    await assert.rejects(harness.rpc.call('backup/create', { file: join(folder, 'missing', 'x'), passphrase }), { code: 'notFound', message: /does not exist/ });
    await assert.rejects(harness.rpc.call('apikey/readSecret', { id: 'none' as KeyId }), { code: 'notFound' });
  });
});
