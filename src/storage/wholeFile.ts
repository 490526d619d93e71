import { dirname } from 'node:path';
import { faultCode } from './storageError.ts';
import type { FileStat, StorageFs } from './storageFs.ts';

const chunkBytes = 1 << 20;

/** A file's content, null when there is no such file. */
export function readWhole(fs: StorageFs, path: string): Uint8Array | null {
  if (!statOrNull(fs, path)) return null;
  const fd = fs.open(path, { write: false, create: false, exclusive: false, truncate: false });
  try {
    const bytes = new Uint8Array(fs.fstat(fd).size);
    let position = 0;
    while (position < bytes.length) {
      const got = fs.read(fd, bytes, position, bytes.length - position, position);
      if (got === 0) break;
      position += got;
    }
    return bytes.subarray(0, position);
  } finally {
    fs.close(fd);
  }
}

/** Writes a file that must not exist yet: 0600, and durable with its name when this returns. What could not be written whole is removed. */
export function writeNewDurably(fs: StorageFs, path: string, bytes: Uint8Array): void {
  const fd = fs.open(path, { write: true, create: true, exclusive: true, truncate: false });
  try {
    writeFully(fs, fd, bytes, 0);
    fs.sync(fd);
  } catch (thrown) {
    fs.unlink(path);
    throw thrown;
  } finally {
    fs.close(fd);
  }
  fs.syncFolder(dirname(path));
}

/** Copies a file durably to a name that is not taken, 0600. */
export function copyDurably(fs: StorageFs, from: string, to: string): void {
  const half = `${to}.part`;
  if (statOrNull(fs, half)) fs.unlink(half);
  const source = fs.open(from, { write: false, create: false, exclusive: false, truncate: false });
  const target = fs.open(half, { write: true, create: true, exclusive: true, truncate: false });
  try {
    const chunk = new Uint8Array(chunkBytes);
    for (let position = 0; ;) {
      const got = fs.read(source, chunk, 0, chunk.length, position);
      if (got === 0) break;
      writeFully(fs, target, chunk.subarray(0, got), position);
      position += got;
    }
    fs.sync(target);
  } finally {
    fs.close(source);
    fs.close(target);
  }
  fs.rename(half, to);
  fs.syncFolder(dirname(to));
}

export function writeFully(fs: StorageFs, fd: number, bytes: Uint8Array, start: number): void {
  for (let written = 0; written < bytes.length;) written += fs.write(fd, bytes, written, bytes.length - written, start + written);
}

/** Null when there is no such file; any other trouble is thrown. */
export function statOrNull(fs: StorageFs, path: string): FileStat | null {
  try {
    return fs.stat(path);
  } catch (thrown) {
    if (faultCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
