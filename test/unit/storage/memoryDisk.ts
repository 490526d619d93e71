import { dirname } from 'node:path';
import type { FileStat, OpenMode, StorageFs } from '../../../src/storage/storageFs.ts';

/** A file's bytes as they are now, as they would be after a power cut, and the changes that are not yet durable. */
interface Inode {
  readonly id: number;
  readonly now: Bytes;
  readonly durable: Bytes;
  pending: Change[];
  mode: number;
  links: number;
}

type Change = { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array } | { readonly kind: 'truncate'; readonly length: number };
type Rename = { readonly remove: string | null; readonly add: string | null; readonly inode: Inode };

const sectorBytes = 512;
let disks = 0n;

/** A disk that knows what was synced. It can be made to fail, and its power can be cut: then what was not synced is lost, kept or torn at random. */
export class MemoryDisk implements StorageFs {
  /** Asked before each call: a code makes the call fail with it. */
  fault: (call: keyof StorageFs, path: string) => string | null = () => null;
  /** Changes so far; the power goes at this number. */
  changes = 0;
  cutAt = Infinity;
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  #renames: Rename[] = [];
  readonly #open = new Map<number, { readonly inode: Inode; readonly path: string }>();
  #nextId = 1;
  /** SQLite knows a file by device and inode, across all that a process has open. */
  readonly #device = ++disks;
  #dead = false;

  open = (path: string, mode: OpenMode): number => {
    this.#before('open', path);
    const existing = this.#names.get(path);
    if (!existing && !mode.create) throw fault('ENOENT');
    if (existing && mode.create && mode.exclusive) throw fault('EEXIST');
    const inode = existing ?? this.#create(path);
    if (mode.truncate) this.#change(inode, { kind: 'truncate', length: 0 });
    const fd = this.#nextId++;
    this.#open.set(fd, { inode, path });
    return fd;
  };

  close = (fd: number): void => void this.#open.delete(fd);

  read = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
    const { inode } = this.#file('read', fd);
    const got = inode.now.view().subarray(position, position + length);
    bytes.set(got, offset);
    return got.length;
  };

  write = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
    const { inode } = this.#file('write', fd);
    this.#change(inode, { kind: 'write', offset: position, bytes: bytes.slice(offset, offset + length) });
    return length;
  };

  sync = (fd: number): void => {
    const { inode } = this.#file('sync', fd);
    this.#spend();
    for (const change of inode.pending) apply(inode.durable, change);
    inode.pending = [];
  };

  syncFolder = (path: string): void => {
    this.#before('syncFolder', path);
    this.#spend();
    for (const rename of this.#renames) perform(this.#durableNames, rename);
    this.#renames = [];
  };

  truncate = (fd: number, length: number): void => this.#change(this.#file('truncate', fd).inode, { kind: 'truncate', length });
  fstat = (fd: number): FileStat => statOf(this.#file('fstat', fd).inode, this.#device);
  chmod = (fd: number, mode: number): void => void (this.#file('chmod', fd).inode.mode = mode);
  chown = (fd: number): void => void this.#file('chown', fd);

  stat = (path: string): FileStat => {
    this.#before('stat', path);
    return statOf(this.#inode(path), this.#device);
  };

  unlink = (path: string): void => {
    this.#before('unlink', path);
    this.#rename({ remove: path, add: null, inode: this.#inode(path) });
  };

  rename = (from: string, to: string): void => {
    this.#before('rename', from);
    this.#rename({ remove: from, add: to, inode: this.#inode(from) });
  };

  list = (path: string): readonly string[] => [...this.#names.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1));
  makeFolder = (path: string): void => this.#before('makeFolder', path);
  real = (path: string): string => path;

  /** What is in each file, by path. */
  files(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#names].map(([path, inode]) => [path, inode.now.view().slice()]));
  }

  /** The disk after the power came back. This one is gone: every call on it fails. */
  powerCut(random: () => number): MemoryDisk {
    this.#dead = true;
    for (const rename of this.#renames) if (random() < 0.5) perform(this.#durableNames, rename);
    const after = new MemoryDisk();
    for (const [path, inode] of this.#durableNames) {
      for (const change of inode.pending) applyPerhaps(inode.durable, change, random);
      after.#restore(path, inode.durable);
    }
    return after;
  }

  #restore(path: string, content: Bytes): void {
    const inode = this.#create(path);
    apply(inode.now, { kind: 'write', offset: 0, bytes: content.view().slice() });
    apply(inode.durable, { kind: 'write', offset: 0, bytes: content.view().slice() });
    this.syncFolder(dirname(path));
  }

  #create(path: string): Inode {
    const inode: Inode = { id: this.#nextId++, now: new Bytes(), durable: new Bytes(), pending: [], mode: 0o100600, links: 1 };
    this.#rename({ remove: null, add: path, inode });
    return inode;
  }

  #rename(rename: Rename): void {
    this.#spend();
    if (rename.add === null) rename.inode.links = 0;
    perform(this.#names, rename);
    this.#renames.push(rename);
  }

  #change(inode: Inode, change: Change): void {
    this.#spend();
    apply(inode.now, change);
    inode.pending.push(change);
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (!inode) throw fault('ENOENT');
    return inode;
  }

  #file(call: keyof StorageFs, fd: number) {
    const file = this.#open.get(fd);
    if (!file) throw fault('EBADF');
    this.#before(call, file.path);
    return file;
  }

  #before(call: keyof StorageFs, path: string): void {
    if (this.#dead) throw fault('EIO');
    const code = this.fault(call, path);
    if (code) throw fault(code);
  }

  #spend(): void {
    this.changes += 1;
    if (this.changes < this.cutAt) return;
    this.#dead = true;
    throw fault('EIO');
  }
}

class Bytes {
  #bytes = new Uint8Array(4096);
  #size = 0;

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.resize(Math.max(this.#size, offset + bytes.length));
    this.#bytes.set(bytes, offset);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

function apply(bytes: Bytes, change: Change): void {
  if (change.kind === 'truncate') bytes.resize(change.length);
  else bytes.write(change.offset, change.bytes);
}

/** A third each: lost, kept, torn. */
function applyPerhaps(bytes: Bytes, change: Change, random: () => number): void {
  const fate = random() * 3;
  if (fate < 1) return;
  if (fate < 2 || change.kind === 'truncate') return apply(bytes, change);
  for (let at = 0; at < change.bytes.length;) {
    const end = Math.min(change.bytes.length, at + sectorBytes - (change.offset + at) % sectorBytes);
    if (random() < 0.5) bytes.write(change.offset + at, change.bytes.subarray(at, end));
    at = end;
  }
}

function perform(names: Map<string, Inode>, { remove, add, inode }: Rename): void {
  if (remove !== null && names.get(remove) === inode) names.delete(remove);
  if (add !== null) names.set(add, inode);
}

function statOf(inode: Inode, dev: bigint): FileStat {
  return { dev, ino: BigInt(inode.id), mode: inode.mode, nlink: inode.links, uid: 0, gid: 0, size: inode.now.view().length, mtimeMs: 0 };
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}
