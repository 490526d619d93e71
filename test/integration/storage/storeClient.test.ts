import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildSync } from 'esbuild';
import { AppError } from '../../../src/core/appError.ts';
import { logTuple } from '../../../src/core/logTuple.ts';
import { openStore, type OpenStoreResult, type OpenStoreWorker } from '../../../src/storage/storeClient.ts';
import { platformKey, requestRow, storedAccount, wasmFile } from '../../unit/storage/harness.ts';

const storeFile = new URL('../../../src/store.ts', import.meta.url).pathname;
const now = Math.floor(Date.now() / 1000);

function codeOf(result: PromiseSettledResult<unknown>): string | null {
  if (result.status === 'fulfilled') return null;
  return result.reason instanceof AppError ? result.reason.code : 'no AppError';
}

describe('openStore', function () {
  this.timeout(20_000);
  let folder: string;
  let opened: OpenStoreResult[];
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'codexmanager-store-')), 'made', 'with spaces and 汉字');
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map(({ store }) => store.close()));
    rmSync(join(folder, '..', '..'), { recursive: true });
  });

  async function open(over: Partial<OpenStoreWorker> = {}): Promise<OpenStoreResult> {
    const one = await openStore({ dbPath: join(folder, 'codexmanager.db'), envDataKey: null, secretDataKey: null, wasmFile, storeFile, onNotice: () => undefined, ...over });
    opened.push(one);
    return one;
  }

  async function fill({ store }: OpenStoreResult): Promise<void> {
    await store.saveAccounts([storedAccount(1), storedAccount(2)]);
    await store.createKey(platformKey(1), 'cm-planted-secret');
    const ids = await store.appendLog({
      rows: [logTuple(requestRow({ createdAt: now })), logTuple(requestRow({ createdAt: now, statusCode: 500 }))], trace: Buffer.from('ts=1 event=X\n'),
      bindings: [{ kind: 'turnState', hash: 'ff', accountId: storedAccount(1).account.id, seenAt: now * 1000 }],
    });
    assert.deepEqual(ids, [1, 2]);
  }

  it('keeps everything over a close, in the order of the calls', async () => {
    const first = await open();
    assert.deepEqual([first.epoch, first.accounts], [1, []]);
    await fill(first);
    const { store } = first;
    const id = storedAccount(1).account.id;
    const answers = await Promise.all([
      store.updateAccounts([{ ...storedAccount(1).account, label: 'A' }]), store.updateAccounts([{ ...storedAccount(1).account, label: 'B' }]), store.deleteAccounts([storedAccount(2).account.id]),
      store.deleteAccounts([storedAccount(2).account.id]), store.setKeyEnabled(platformKey(1).id, false), store.readKeySecret(platformKey(1).id), store.readKeySecret(platformKey(9).id),
      store.saveStates([{ id, state: { ...storedAccount(1).state, blocked: 'x' } }]), store.saveTokens(id, { ...storedAccount(1).tokens, refreshToken: 'rotated' }),
    ]);
    assert.deepEqual(answers, [1, 1, 1, 0, true, 'cm-planted-secret', null, undefined, undefined]);
    await store.close();
    const second = await open();
    const one = storedAccount(1);
    assert.deepEqual(second.accounts, [{ account: { ...one.account, label: 'B' }, tokens: { ...one.tokens, refreshToken: 'rotated' }, state: { ...one.state, blocked: 'x' } }]);
    assert.deepEqual([second.epoch, second.newDataKey, second.keys, second.bindings.length], [2, null, [{ ...platformKey(1), enabled: false }], 1]);
    assert.deepEqual((await second.store.listRequests({ terms: [{ kind: 'status', from: 500, to: 599 }], limit: 10, beforeId: null, afterId: null })).map((row) => row.id), [2]);
    await second.store.clearRequests();
    assert.deepEqual(await second.store.listRequests({ terms: [], limit: 10, beforeId: null, afterId: null }), []);
    assert.equal((await second.store.summary(now - 86_400, now + 86_400)).inputTokens, 200);
  });

  it('writes files that every other SQLite reads, for their owner only, and without a secret in them', async () => {
    const first = await open();
    await fill(first);
    await first.store.close();
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(folder).sort(), ['codexmanager-logs.db', 'codexmanager.db', 'codexmanager.key', 'gateway-trace.log']);
    for (const name of readdirSync(folder)) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
      assert.equal(readFileSync(join(folder, name)).indexOf('planted'), -1, name);
    }
    for (const [name, table, rows] of [['codexmanager.db', 'accounts', 2], ['codexmanager-logs.db', 'requests', 2]] as const) {
      const other = new DatabaseSync(join(folder, name), { readOnly: true });
      assert.equal(other.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
      assert.equal(other.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'], rows);
      other.close();
      const script = `import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); print(d.execute('PRAGMA integrity_check').fetchone()[0], d.execute('SELECT count(*) FROM ${table}').fetchone()[0])`;
      const python = spawnSync('python3', ['-c', script, join(folder, name)], { encoding: 'utf8' });
      if (!python.error) assert.equal(python.stdout.trim(), `ok ${rows}`, python.stderr);
    }
  });

  it('works from its bundle, with the binary beside it', async () => {
    const bundle = join(folder, '..', 'dist');
    mkdirSync(bundle, { recursive: true });
    buildSync({ entryPoints: [storeFile], bundle: true, platform: 'node', format: 'cjs', target: 'node22', minify: true, outfile: join(bundle, 'store.js') });
    copyFileSync(wasmFile, join(bundle, 'sql-wasm.wasm'));
    const one = await openStore({ dbPath: join(folder, 'codexmanager.db'), envDataKey: null, secretDataKey: null, storeFile: join(bundle, 'store.js'), onNotice: () => undefined });
    opened.push(one);
    await fill(one);
    await one.store.close();
    assert.equal((await open()).accounts.length, 2);
  });

  it('says why it cannot open, as an error that can be shown', async () => {
    mkdirSync(join(folder, 'a folder.db'), { recursive: true });
    writeFileSync(join(folder, 'a file'), '');
    await assert.rejects(open({ dbPath: join(folder, 'a folder.db') }), { name: 'AppError', code: 'databaseUnusable', message: /a folder\.db is a folder/ });
    await assert.rejects(open({ dbPath: join(folder, 'a file', 'codexmanager.db') }), { name: 'AppError', code: 'databaseUnusable', message: /a file/ });
    await assert.rejects(open({ envDataKey: 'planted' }), { name: 'AppError', code: 'dataKeyMissing', message: /malformed/ });
    await assert.rejects(open({ wasmFile: wasmFile.replace('sql-wasm', 'sql-wasm-debug') }), { code: 'databaseUnusable', message: /not the one CodexManager was made for/ });
    await assert.rejects(open({ wasmFile: '/nowhere/sql.wasm' }), { code: 'databaseUnusable', message: /\/nowhere\/sql\.wasm/ });
    assert.deepEqual(readdirSync(folder).sort(), ['a file', 'a folder.db']);
  });

  it('carries a refusal of the database to the caller, and goes on', async () => {
    const { store } = await open();
    const twin = { ...storedAccount(1), account: { ...storedAccount(1).account, id: storedAccount(2).account.id } };
    const results = await Promise.allSettled([store.saveAccounts([storedAccount(1)]), store.saveAccounts([twin]), store.saveAccounts([storedAccount(3)])]);
    assert.deepEqual(results.map(codeOf), [null, 'conflict', null]);
  });

  it('rejects everything that waits when its worker dies, and reports the death', async () => {
    const { store, died } = await openStore({ dbPath: join(folder, 'x.db'), envDataKey: null, secretDataKey: null, storeFile: new URL('dyingStore.ts', import.meta.url).pathname, onNotice: () => undefined });
    const waiting = [store.clearRequests(), store.readKeySecret(platformKey(1).id)];
    assert.deepEqual((await Promise.allSettled(waiting)).map(codeOf), ['databaseUnusable', 'databaseUnusable']);
    await died;
    await assert.rejects(store.clearRequests(), { code: 'databaseUnusable' });
    await store.close();
  });
});
