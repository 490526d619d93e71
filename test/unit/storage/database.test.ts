import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/contract/fault.ts';
import type { Database } from '../../../src/storage/database.ts';
import { openPlain } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const path = '/data/plain.db';
const wal = `${path}-wal`;

async function withTable(disk: MemoryDisk, onForeignAccess: (path: string) => void = () => undefined): Promise<Database> {
  const database = await openPlain(disk, { onForeignAccess });
  database.transaction(() => database.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT UNIQUE)'));
  return database;
}

const insert = (database: Database, body: string) => database.transaction(() => database.change('INSERT INTO t (body) VALUES (?)', [body]));
const count = (database: Database) => database.value('SELECT count(*) FROM t', []);
const failure = (code: ErrorCode, ...words: string[]) => (thrown: unknown): boolean => {
  assert.ok(thrown instanceof Error && 'code' in thrown);
  assert.equal(thrown.code, code, thrown.message);
  for (const word of words) assert.ok(thrown.message.includes(word), `${thrown.message} lacks ${word}`);
  return true;
};

describe('Database', () => {
  it('opens in the modes that make a commit durable', async () => {
    const database = await openPlain(new MemoryDisk());
    const pragma = (name: string) => database.value(`PRAGMA ${name}`, []);
    assert.deepEqual(
      { locking: pragma('locking_mode'), journal: pragma('journal_mode'), synchronous: pragma('synchronous'), foreignKeys: pragma('foreign_keys') },
      { locking: 'exclusive', journal: 'wal', synchronous: 2, foreignKeys: 1 },
    );
    database.close();
  });

  it('changes all or nothing', async () => {
    const database = await withTable(new MemoryDisk());
    assert.throws(() => database.transaction(() => {
      insert(database, 'one');
      insert(database, 'one');
    }), failure('conflict', path));
    assert.equal(count(database), 0);
    insert(database, 'one');
    assert.equal(count(database), 1);
    database.close();
  });

  it('frees its statements: a closed database leaves no file open and can be opened again', async () => {
    const disk = new MemoryDisk();
    const database = await withTable(disk);
    insert(database, 'one');
    database.close();
    assert.deepEqual([...disk.files().keys()], [path]);
    const again = await openPlain(disk);
    assert.equal(count(again), 1);
    again.close();
  });

  it('is durable at once, and in a log that has a name, when another program deletes the log', async () => {
    const disk = new MemoryDisk();
    const told: string[] = [];
    const database = await withTable(disk, (file) => told.push(file));
    insert(database, 'one');
    disk.unlink(wal);
    insert(database, 'two');
    assert.deepEqual(told, [path]);
    insert(database, 'three');
    database.abandon();
    disk.syncFolder('/data');
    const after = await openPlain(disk.powerCut(() => 0));
    assert.equal(count(after), 3);
    after.close();
  });

  for (const code of ['ENOSPC', 'EDQUOT']) {
    it(`says that the disk is full (${code}), changes nothing, and goes on when there is space again`, async () => {
      const disk = new MemoryDisk();
      const database = await withTable(disk);
      insert(database, 'one');
      disk.fault = (call) => (call === 'write' ? code : null);
      assert.throws(() => insert(database, 'x'.repeat(50_000)), failure('diskFull', path, 'Free some space'));
      disk.fault = () => null;
      assert.equal(count(database), 1);
      insert(database, 'two');
      database.close();
      const again = await openPlain(disk);
      assert.equal(count(again), 2);
      assert.equal(again.value('PRAGMA integrity_check', []), 'ok');
      again.close();
    });
  }

  it('acknowledges nothing whose sync failed', async () => {
    const disk = new MemoryDisk();
    const database = await withTable(disk);
    disk.fault = (call) => (call === 'sync' ? 'EIO' : null);
    assert.throws(() => insert(database, 'one'), failure('databaseUnusable', path));
    disk.fault = () => null;
    insert(database, 'two');
    assert.deepEqual(database.all('SELECT body FROM t', []), [{ body: 'two' }]);
    database.close();
  });

  it('says that a file cannot be written', async () => {
    for (const code of ['EACCES', 'EROFS', 'EPERM']) {
      const disk = new MemoryDisk();
      (await withTable(disk)).close();
      disk.fault = (call, file) => (call === 'write' || call === 'truncate' || (call === 'open' && file !== path) ? code : null);
      await assert.rejects(async () => insert(await openPlain(disk), 'one'), failure('databaseReadOnly', path, 'write permission'));
    }
  });

  it('does not touch a damaged file', async () => {
    const disk = new MemoryDisk();
    const fd = disk.open(path, { write: true, create: true, exclusive: true, truncate: false });
    disk.write(fd, Buffer.from('not a database, but somebody needs it '.repeat(500)), 0, 19_000, 0);
    disk.close(fd);
    const before = disk.files().get(path);
    await assert.rejects(async () => void await withTable(disk), failure('databaseCorrupt', path));
    assert.deepEqual(disk.files().get(path), before);
  });

  it('closes without a byte changed when told to abandon', async () => {
    const disk = new MemoryDisk();
    const database = await withTable(disk);
    insert(database, 'one');
    const before = disk.files();
    database.abandon();
    assert.deepEqual(disk.files(), before);
    assert.ok(before.has(wal));
  });
});
