import assert from 'node:assert/strict';
import { migrate, type Migration } from '../../../src/storage/migrate.ts';
import { openPlain } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const first: Migration = (database) => database.execute('CREATE TABLE t (body TEXT); INSERT INTO t VALUES (\'first\')');
const second: Migration = (database) => database.execute('ALTER TABLE t ADD COLUMN more TEXT');
const third: Migration = (database) => database.execute('ALTER TABLE t ADD COLUMN most TEXT');
const copies = (disk: MemoryDisk) => [...disk.files().keys()].filter((path) => path.includes('.backup-'));
const hour = 3_600_000;

describe('migrate', () => {
  it('runs each step once, and copies nothing when there was nothing', async () => {
    const disk = new MemoryDisk();
    const database = await openPlain(disk);
    for (let again = 0; again < 2; again++) migrate(database, [first, second], disk, 0);
    assert.deepEqual(database.all('SELECT * FROM t', []), [{ body: 'first', more: null }]);
    assert.equal(database.value('PRAGMA user_version', []), 2);
    assert.deepEqual(copies(disk), []);
    database.close();
  });

  it('copies the old file, whole and for its owner only, before it changes it; two copies are kept', async () => {
    const disk = new MemoryDisk();
    const database = await openPlain(disk);
    const steps = [first, second, third, () => undefined];
    for (let version = 1; version <= 4; version++) migrate(database, steps.slice(0, version), disk, version * hour);
    assert.deepEqual(copies(disk).map((path) => path.slice(-3)), ['-v2', '-v3']);
    for (const path of copies(disk)) assert.equal(disk.stat(path).mode & 0o777, 0o600);
    database.close();
    const copy = await openPlain(disk, { path: copies(disk)[0] ?? '' });
    assert.deepEqual(copy.all('SELECT * FROM t', []), [{ body: 'first', more: null }]);
    copy.close();
  });

  it('leaves the old version when a step fails', async () => {
    const disk = new MemoryDisk();
    const database = await openPlain(disk);
    migrate(database, [first], disk, 0);
    const failing: Migration = (it) => {
      second(it);
      it.execute('nonsense');
    };
    assert.throws(() => migrate(database, [first, failing], disk, hour));
    assert.equal(database.value('PRAGMA user_version', []), 1);
    migrate(database, [first, second], disk, 2 * hour);
    assert.deepEqual(database.all('SELECT * FROM t', []), [{ body: 'first', more: null }]);
    database.close();
  });

  it('refuses a newer database', async () => {
    const disk = new MemoryDisk();
    const database = await openPlain(disk);
    migrate(database, [first, second], disk, 0);
    assert.throws(() => migrate(database, [first], disk, 0), { code: 'databaseTooNew', message: /version 2, this one knows 1.*Update CodexManager/ });
    database.close();
  });

  it('changes nothing when there is no room for the copy', async () => {
    const disk = new MemoryDisk();
    const database = await openPlain(disk);
    migrate(database, [first], disk, 0);
    disk.fault = (call, path) => (call === 'write' && path.includes('.backup-') ? 'ENOSPC' : null);
    assert.throws(() => migrate(database, [first, second], disk, 0), { code: 'diskFull' });
    assert.equal(database.value('PRAGMA user_version', []), 1);
    database.close();
  });
});
