import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { StoreNotice } from '../../../src/core/store.ts';
import { logTuple } from '../../../src/core/logTuple.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, dbPath, openOn, platformKey, requestRow, storedAccount } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const logs = '/data/codexmanager-logs.db';
const keyFile = '/data/codexmanager.key';
const otherKey = 'ab'.repeat(32);

/** A disk with an account, a key and a request on it, closed cleanly. */
async function usedDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const databases = await openOn(disk);
  fill(databases);
  closeBoth(databases);
  return disk;
}

function fill({ main, log, accounts, keys, requests }: Databases): void {
  main.transaction(() => {
    accounts.save(storedAccount(1));
    keys.create(platformKey(1), 'cm-planted-secret');
  });
  log.transaction(() => requests.append([logTuple(requestRow())]));
}

const bytesOf = (disk: MemoryDisk) => new Map([...disk.files()].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));

function overwrite(disk: MemoryDisk, path: string, text: string): void {
  const fd = disk.open(path, { write: true, create: true, exclusive: false, truncate: true });
  disk.write(fd, Buffer.from(text), 0, text.length, 0);
  disk.close(fd);
}

describe('openDatabases', () => {
  it('makes everything at the first start and finds it at the next', async () => {
    const disk = new MemoryDisk();
    const first = await openOn(disk);
    assert.equal(first.opened.epoch, 1);
    assert.match(first.opened.newDataKey ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual([first.opened.accounts, first.opened.keys, first.opened.bindings], [[], [], []]);
    fill(first);
    closeBoth(first);
    assert.deepEqual([...disk.files().keys()].sort(), [logs, dbPath, keyFile].sort());
    const second = await openOn(disk);
    assert.deepEqual([second.opened.epoch, second.opened.newDataKey], [2, null]);
    assert.deepEqual(second.opened.accounts, [storedAccount(1)]);
    assert.deepEqual(second.opened.keys, [platformKey(1)]);
    closeBoth(second);
  });

  it('writes nothing and makes no key when the data key is gone', async () => {
    const disk = await usedDisk();
    disk.unlink(keyFile);
    const before = bytesOf(disk);
    await assert.rejects(openOn(disk), { code: 'dataKeyMissing' });
    await assert.rejects(openOn(disk, { secret: otherKey }), { code: 'dataKeyMissing' });
    await assert.rejects(openOn(disk, { env: otherKey }), { code: 'dataKeyMissing' });
    assert.deepEqual(bytesOf(disk), before);
  });

  it('takes the data key from the secret when the file is gone', async () => {
    const disk = new MemoryDisk();
    const first = await openOn(disk);
    fill(first);
    closeBoth(first);
    disk.unlink(keyFile);
    const second = await openOn(disk, { secret: first.opened.newDataKey ?? '' });
    assert.deepEqual(second.opened.accounts, [storedAccount(1)]);
    closeBoth(second);
    assert.equal(disk.files().has(keyFile), false);
  });

  it('does not touch databases of a newer version, not even a log that a crash left', async () => {
    for (const [newer, path] of [['main', dbPath], ['log', logs]] as const) {
      const disk = await usedDisk();
      const databases = await openOn(disk);
      databases[newer].transaction(() => databases[newer].execute('PRAGMA user_version = 99'));
      databases.log.abandon();
      databases.main.abandon();
      const before = bytesOf(disk);
      await assert.rejects(openOn(disk), { code: 'databaseTooNew', message: new RegExp(`${path}.*version 99`) });
      const after = bytesOf(disk);
      assert.equal(after.get(path), before.get(path));
      assert.equal(after.get(`${path}-wal`), before.get(`${path}-wal`));
    }
  });

  it('refuses a damaged main database and leaves it as it is', async () => {
    const disk = await usedDisk();
    overwrite(disk, dbPath, 'damaged '.repeat(2_000));
    const before = bytesOf(disk);
    await assert.rejects(openOn(disk), { code: 'databaseCorrupt', message: /codexmanager\.db is damaged/ });
    assert.deepEqual(bytesOf(disk), before);
  });

  it('sets a damaged log aside, says so, and works', async () => {
    const disk = await usedDisk();
    overwrite(disk, logs, 'damaged '.repeat(2_000));
    const notices: StoreNotice[] = [];
    const databases = await openOn(disk, { notices });
    assert.deepEqual(databases.opened.accounts, [storedAccount(1)]);
    assert.deepEqual(notices.map(({ kind }) => kind), ['logFailed']);
    fill({ ...databases, keys: { ...databases.keys, create: () => undefined } as unknown as typeof databases.keys });
    assert.equal(databases.requests.list({ terms: [], limit: 10, beforeId: null, afterId: null }).length, 1);
    closeBoth(databases);
    const aside = [...disk.files()].find(([path]) => path.startsWith(`${logs}.damaged-`));
    assert.ok(Buffer.from(aside?.[1] ?? []).toString().startsWith('damaged '));
  });

  it('reports a disk that cannot be written, and is usable when it can', async () => {
    const disk = await usedDisk();
    disk.fault = (call) => (['write', 'truncate', 'unlink', 'rename'].includes(call) ? 'EROFS' : null);
    await assert.rejects(openOn(disk), { code: 'databaseReadOnly' });
    disk.fault = (call) => (call === 'open' ? 'EACCES' : null);
    await assert.rejects(openOn(disk), { code: 'databaseReadOnly' });
    disk.fault = () => null;
    const databases = await openOn(disk);
    assert.deepEqual(databases.opened.accounts, [storedAccount(1)]);
    closeBoth(databases);
  });

  it('loads the other accounts when one cannot be decrypted, which then needs a login', async () => {
    const disk = await usedDisk();
    const databases = await openOn(disk);
    databases.main.transaction(() => {
      databases.accounts.save(storedAccount(2));
      databases.main.change("UPDATE tokens SET access_token = x'00', refresh_token = x'01' WHERE account_id = 'account-1'", []);
      databases.main.change("UPDATE account_state SET state = '{broken' WHERE account_id = 'account-2'", []);
    });
    closeBoth(databases);
    const again = await openOn(disk);
    const [first, second] = again.opened.accounts;
    assert.ok(first?.state.needsLogin);
    assert.equal(first.tokens.refreshToken, null);
    assert.deepEqual(second, { ...storedAccount(2), state: { ...storedAccount(2).state, coolUntil: 0 } });
    closeBoth(again);
  });

  it('puts no token, key text or data key into a file of the databases', async () => {
    const disk = new MemoryDisk();
    const databases = await openOn(disk);
    fill(databases);
    const made = databases.opened.newDataKey ?? '';
    const search = () => {
      for (const [path, bytes] of disk.files()) {
        const content = Buffer.from(bytes);
        for (const secret of ['planted', ...(path === keyFile ? [] : [made, Buffer.from(made, 'hex').toString('latin1')])]) assert.equal(content.indexOf(secret, 'latin1'), -1, path);
      }
    };
    search();
    assert.equal(databases.keys.readSecret(platformKey(1).id), 'cm-planted-secret');
    closeBoth(databases);
    search();
  });
});
