import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/appError.ts';
import { parseDataKey, resolveDataKey, type DataKeySources } from '../../../src/storage/dataKey.ts';
import { MemoryDisk } from './memoryDisk.ts';

const keyFile = '/data/codexmanager.key';
const [first, second, third] = ['11', '22', '33'].map((byte) => byte.repeat(32)) as [string, string, string];

function sources(over: Partial<DataKeySources> = {}): DataKeySources {
  return { fs: new MemoryDisk(), keyFile, env: null, secret: null, marker: null, ...over };
}

function diskWithKey(text: string): MemoryDisk {
  const disk = new MemoryDisk();
  const fd = disk.open(keyFile, { write: true, create: true, exclusive: true, truncate: false });
  disk.write(fd, Buffer.from(text), 0, text.length, 0);
  disk.close(fd);
  return disk;
}

const markerOf = (key: string) => resolveDataKey(sources({ env: key })).marker;
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
const fileOf = (disk: MemoryDisk) => Buffer.from(disk.files().get(keyFile) ?? []).toString();

function refusal(over: Partial<DataKeySources>): string {
  try {
    resolveDataKey(sources(over));
  } catch (thrown) {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, 'dataKeyMissing');
    return thrown.message;
  }
  return assert.fail('accepted');
}

describe('parseDataKey', () => {
  it('reads 64 hex digits and base64 of 32 bytes, with blanks around', () => {
    const bytes = Buffer.from(first, 'hex');
    for (const text of [first, ` ${first.toUpperCase()}\n`, bytes.toString('base64'), bytes.toString('base64url')]) assert.deepEqual(Buffer.from(parseDataKey(text) ?? []), bytes, text);
  });

  it('refuses anything else', () => {
    for (const text of ['', 'abc', first.slice(1), `${first}0`, first.replace('1', 'g'), Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')]) assert.equal(parseDataKey(text), null, text);
  });
});

describe('resolveDataKey', () => {
  it('makes a key for a new database, durable in its file before it is given out', () => {
    const disk = new MemoryDisk();
    const { key, made } = resolveDataKey(sources({ fs: disk }));
    assert.equal(made, hex(key));
    const survivor = disk.powerCut(() => 0);
    assert.equal(fileOf(survivor), `${made}\n`);
    const again = resolveDataKey(sources({ fs: survivor }));
    assert.deepEqual([hex(again.key), again.made], [made, null]);
  });

  it('prefers the variable, then the file, then the secret, for a new database', () => {
    const key = (over: Partial<DataKeySources>) => hex(resolveDataKey(sources(over)).key);
    assert.equal(key({ env: first, fs: diskWithKey(second), secret: third }), first);
    assert.equal(key({ fs: diskWithKey(second), secret: third }), second);
    assert.equal(key({ env: '  ', secret: third }), third);
  });

  it('finds the one that fits when file and secret differ', () => {
    assert.equal(hex(resolveDataKey(sources({ fs: diskWithKey(second), secret: third, marker: markerOf(third) })).key), third);
    assert.equal(hex(resolveDataKey(sources({ fs: diskWithKey(second), secret: third, marker: markerOf(second) })).key), second);
  });

  it('does not replace a wrong variable by a file that would fit', () => {
    const disk = diskWithKey(second);
    assert.match(refusal({ env: first, fs: disk, marker: markerOf(second) }), /CODEXMANAGER_DATA_KEY holds another key/);
  });

  it('says what is missing, and makes nothing, when no key fits', () => {
    const disk = new MemoryDisk();
    const message = refusal({ fs: disk, secret: third, marker: markerOf(first) });
    for (const part of ['secret storage holds another key', 'CODEXMANAGER_DATA_KEY is not set', `${keyFile} has none`]) assert.ok(message.includes(part), message);
    assert.equal(disk.changes, 0);
    assert.match(refusal({ fs: disk, marker: markerOf(first) }), /secret storage has none/);
  });

  it('refuses a malformed key without printing or overwriting it', () => {
    for (const over of [{ env: 'planted-wrong-key' }, { secret: 'planted-wrong-key' }]) assert.doesNotMatch(refusal(over), /planted/);
    const disk = diskWithKey('planted-wrong-key');
    assert.match(refusal({ fs: disk, secret: third }), /malformed/);
    assert.equal(fileOf(disk), 'planted-wrong-key');
  });

  it('gives no key out when its file cannot be made', () => {
    const disk = new MemoryDisk();
    disk.fault = (call) => (call === 'write' ? 'ENOSPC' : null);
    assert.throws(() => resolveDataKey(sources({ fs: disk })), { code: 'diskFull' });
    assert.equal(disk.files().size, 0);
  });
});
