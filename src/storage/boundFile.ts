import { dirname } from 'node:path';
import type { StorageFs } from './storageFs.ts';

/** A descriptor SQLite holds on a real file. */
export interface OpenFile {
  readonly bound: BoundFile;
  /** Null for the folder, which SQLite opens only to sync it. */
  readonly fd: number | null;
  readonly path: string;
  position: number;
}

/** One database on disk: its file, and beside it `-wal` and `-journal`. */
export class BoundFile {
  readonly fs: StorageFs;
  readonly path: string;
  readonly folder: string;
  /** Node's code of the last failed file call; SQLite's own messages do not tell a full disk from a broken one. */
  lastFault: string | null = null;
  #sealed = false;
  #wal: OpenFile | undefined;
  readonly #created = new Set<string>();

  constructor(fs: StorageFs, path: string) {
    this.fs = fs;
    this.path = path;
    this.folder = dirname(path);
  }

  /** From now on nothing on disk changes, whatever SQLite still wants to do when it closes. */
  seal(): void {
    this.#sealed = true;
  }

  assertWritable(): void {
    if (this.#sealed) throw Object.assign(new Error('sealed'), { code: 'EROFS' });
  }

  /** Not for a sealed file: nothing may come into being beside it. */
  creating(path: string): void {
    this.assertWritable();
    this.#created.add(path);
  }

  /** Removes what was made here and never written. SQLite makes an empty write-ahead log as soon as it reads. */
  removeEmpty(): void {
    for (const path of this.#created) {
      try {
        if (this.fs.stat(path).size === 0) this.fs.unlink(path);
      } catch {
        // Gone already, or the disk is: an empty file does no harm.
      }
    }
  }

  opened(file: OpenFile): void {
    if (file.path === `${this.path}-wal`) this.#wal = file;
  }

  closed(file: OpenFile): void {
    if (file === this.#wal) this.#wal = undefined;
  }

  /** False when another program deleted the write-ahead log under us: what it holds would die with this process. */
  walIsLinked(): boolean {
    return this.#wal?.fd == null || this.fs.fstat(this.#wal.fd).nlink > 0;
  }
}
