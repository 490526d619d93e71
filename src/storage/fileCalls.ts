import type { BoundFile, OpenFile } from './boundFile.ts';
import type { FileStat, OpenMode, StorageFs } from './storageFs.ts';
import type { WasmHeap } from './wasmHeap.ts';

type Call = (...args: never[]) => number;

/** WASI's error numbers, which Emscripten uses. A spent quota is a full disk to SQLite. */
const errorNumbers: Readonly<Record<string, number>> = {
  EACCES: 2, EBADF: 8, EBUSY: 10, EDQUOT: 51, EEXIST: 20, EFBIG: 22, EINVAL: 28, EIO: 29, EISDIR: 31, ELOOP: 32, EMFILE: 33, ENAMETOOLONG: 37,
  ENFILE: 41, ENOENT: 44, ENOSPC: 51, ENOTDIR: 54, EPERM: 63, EROFS: 69,
};
const linux = { writable: 3, create: 64, exclusive: 128, truncate: 512 };
const lockQuery = 12;
const unlocked = 2;
const firstDescriptor = 65_536;
/** The name sql.js invents for a database, with what SQLite appends. */
const databaseName = /^\/?(dbfile_\d+)(-journal|-wal|-shm)?$/;

/**
 * SQLite's file calls, answered by real files for the databases bound here and by the originals (Emscripten's files in memory) for all else.
 * `__syscall_*` answer a negative error number, `fd_*` a positive one.
 */
export class FileCalls {
  readonly #heap: WasmHeap;
  readonly #bound = new Map<string, BoundFile>();
  readonly #open = new Map<number, OpenFile>();
  #pending: BoundFile | undefined;
  #lastUsed: BoundFile | undefined;
  #nextDescriptor = firstDescriptor;

  constructor(heap: WasmHeap) {
    this.#heap = heap;
  }

  /** The next new name that SQLite asks for while `work` runs stands for this file. */
  bind<T>(bound: BoundFile, work: () => T): T {
    this.#pending = bound;
    try {
      return work();
    } finally {
      this.#pending = undefined;
    }
  }

  /** Forgets a database, and closes what SQLite left open of it. */
  release(bound: BoundFile): void {
    for (const [name, value] of this.#bound) if (value === bound) this.#bound.delete(name);
    for (const [descriptor, file] of this.#open) {
      if (file.bound !== bound) continue;
      this.#open.delete(descriptor);
      attempt(bound, 1, () => closeFile(file));
    }
  }

  /** The replacements by Emscripten's name; `originals` are called for descriptors and paths that are not ours. */
  replacements(originals: (name: string) => Call): ReadonlyMap<string, Call> {
    const calls = { ...this.#pathCalls(), ...this.#descriptorSyscalls(), ...this.#streamCalls() };
    return new Map(Object.entries(calls).map(([name, own]) => [name, this.#orOriginal(own, originals(name))]));
  }

  #orOriginal(own: (...args: never[]) => number | undefined, original: Call): Call {
    return (...args) => own(...args) ?? original(...args);
  }

  #pathCalls() {
    const stat = (path: number, into: number) => this.#withPath(path, (bound, real) => this.#heap.writeStat(into, bound.fs.stat(real)));
    return {
      __syscall_openat: (_folder: number, path: number, flags: number) => this.#openat(this.#heap.text(path), flags),
      __syscall_stat64: stat,
      __syscall_lstat64: stat,
      __syscall_newfstatat: (_folder: number, path: number, into: number) => stat(path, into),
      __syscall_faccessat: (_folder: number, path: number) => this.#withPath(path, (bound, real) => void bound.fs.stat(real)),
      __syscall_unlinkat: (_folder: number, path: number) => this.#withPath(path, (bound, real) => {
        bound.assertWritable();
        bound.fs.unlink(real);
      }),
    };
  }

  #descriptorSyscalls() {
    return {
      __syscall_fstat64: (fd: number, into: number) => this.#withFile(fd, -1, (file) => this.#heap.writeStat(into, statOpen(file))),
      __syscall_ftruncate64: (fd: number, length: bigint) => this.#withFile(fd, -1, (file) => {
        file.bound.assertWritable();
        file.bound.fs.truncate(realDescriptor(file), Number(length));
      }),
      __syscall_fchmod: (fd: number) => this.#withFile(fd, -1, (file) => file.bound.fs.chmod(realDescriptor(file), 0o600)),
      __syscall_fchown32: (fd: number, uid: number, gid: number) => this.#withFile(fd, -1, (file) => file.bound.fs.chown(realDescriptor(file), uid, gid)),
      // Node offers no way to lock a range. The leader's lock, taken before any database is opened, is what keeps a second CodexManager out.
      __syscall_fcntl64: (fd: number, command: number, argument: number) => this.#withFile(fd, -1, () => {
        if (command === lockQuery) this.#heap.writeU16(this.#heap.readU32(argument), unlocked);
      }),
    };
  }

  #streamCalls() {
    return {
      fd_read: (fd: number, vectors: number, count: number, done: number) => this.#withFile(fd, 1, (file) => this.#transfer(file, vectors, count, done, 'read')),
      fd_write: (fd: number, vectors: number, count: number, done: number) => this.#withFile(fd, 1, (file) => {
        file.bound.assertWritable();
        this.#transfer(file, vectors, count, done, 'write');
      }),
      fd_seek: (fd: number, offset: bigint, whence: number, into: number) => this.#withFile(fd, 1, (file) => {
        const base = whence === 0 ? 0 : whence === 1 ? file.position : statOpen(file).size;
        file.position = base + Number(offset);
        this.#heap.writeI64(into, BigInt(file.position));
      }),
      fd_sync: (fd: number) => this.#withFile(fd, 1, (file) => (file.fd === null ? file.bound.fs.syncFolder(file.bound.folder) : file.bound.fs.sync(file.fd))),
      fd_close: (fd: number) => this.#withFile(fd, 1, (file) => {
        this.#open.delete(fd);
        file.bound.closed(file);
        closeFile(file);
      }),
    };
  }

  #openat(name: string, flags: number): number | undefined {
    const folder = name === '/' ? this.#lastUsed : undefined;
    if (folder) return this.#register({ bound: folder, fd: null, path: folder.folder, position: 0 });
    const found = this.#resolve(name);
    if (!found) return undefined;
    const [bound, path] = found;
    return attempt(bound, -1, () => {
      const mode = openMode(flags);
      if (mode.create && !exists(bound.fs, path)) bound.creating(path);
      const file: OpenFile = { bound, fd: bound.fs.open(path, mode), path, position: 0 };
      bound.opened(file);
      return this.#register(file);
    });
  }

  #register(file: OpenFile): number {
    const descriptor = this.#nextDescriptor++;
    this.#open.set(descriptor, file);
    return descriptor;
  }

  #resolve(name: string): [BoundFile, string] | undefined {
    const match = databaseName.exec(name);
    if (!match?.[1]) return undefined;
    if (this.#pending && !this.#bound.has(match[1])) {
      this.#bound.set(match[1], this.#pending);
      this.#pending = undefined;
    }
    const bound = this.#bound.get(match[1]);
    if (!bound) return undefined;
    this.#lastUsed = bound;
    return [bound, bound.path + (match[2] ?? '')];
  }

  #withPath(path: number, work: (bound: BoundFile, real: string) => void): number | undefined {
    const found = this.#resolve(this.#heap.text(path));
    return found && attempt(found[0], -1, () => work(...found));
  }

  #withFile(fd: number, sign: 1 | -1, work: (file: OpenFile) => void): number | undefined {
    const file = this.#open.get(fd);
    if (!file) return fd >= firstDescriptor ? sign * (errorNumbers['EBADF'] ?? 0) : undefined;
    this.#lastUsed = file.bound;
    return attempt(file.bound, sign, () => work(file));
  }

  /** Reads or writes straight from SQLite's memory, without a copy. */
  #transfer(file: OpenFile, vectors: number, count: number, done: number, direction: 'read' | 'write'): void {
    let total = 0;
    for (let vector = vectors; vector < vectors + count * 8; vector += 8) {
      const length = this.#heap.readU32(vector + 4);
      const moved = file.bound.fs[direction](realDescriptor(file), this.#heap.bytes(), this.#heap.readU32(vector), length, file.position);
      file.position += moved;
      total += moved;
      if (moved < length) break;
    }
    this.#heap.writeU32(done, total);
  }
}

function attempt(bound: BoundFile, sign: 1 | -1, work: () => number | void): number {
  try {
    return work() ?? 0;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    if (code !== 'ENOENT') bound.lastFault = code;
    return sign * (errorNumbers[code] ?? errorNumbers['EIO'] ?? 0);
  }
}

function openMode(flags: number): OpenMode {
  return {
    write: (flags & linux.writable) !== 0, create: (flags & linux.create) !== 0, exclusive: (flags & linux.exclusive) !== 0,
    truncate: (flags & linux.truncate) !== 0,
  };
}

function exists(fs: StorageFs, path: string): boolean {
  try {
    return fs.stat(path).size >= 0;
  } catch {
    return false;
  }
}

function statOpen(file: OpenFile): FileStat {
  return file.fd === null ? file.bound.fs.stat(file.path) : file.bound.fs.fstat(file.fd);
}

function realDescriptor(file: OpenFile): number {
  if (file.fd === null) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  return file.fd;
}

function closeFile(file: OpenFile): void {
  if (file.fd !== null) file.bound.fs.close(file.fd);
}
