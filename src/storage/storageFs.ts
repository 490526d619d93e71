import * as fs from 'node:fs';

/** What is known of a file. Bigints where SQLite compares or where 2^53 is not enough; times are Unix milliseconds. */
export interface FileStat {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface OpenMode {
  readonly write: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

/** The file calls that everything under storage/ makes, so that a test can stand a failing or forgetful disk in their place. Errors carry Node's `code`. */
export interface StorageFs {
  /** New files get mode 0600. */
  open(path: string, mode: OpenMode): number;
  close(fd: number): void;
  read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** Makes the file's content durable. */
  sync(fd: number): void;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): void;
  truncate(fd: number, length: number): void;
  stat(path: string): FileStat;
  fstat(fd: number): FileStat;
  chmod(fd: number, mode: number): void;
  chown(fd: number, uid: number, gid: number): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  /** Names in a folder. */
  list(path: string): readonly string[];
  /** Creates the folder (0700) and those above it when missing. */
  makeFolder(path: string): void;
  /** The path without symbolic links. */
  real(path: string): string;
}

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC } = fs.constants;

/** The real disk. */
export const nodeFs: StorageFs = {
  open: (path, mode) => fs.openSync(path, (mode.write ? O_RDWR : O_RDONLY) | (mode.create ? O_CREAT : 0) | (mode.exclusive ? O_EXCL : 0) | (mode.truncate ? O_TRUNC : 0), 0o600),
  close: (fd) => fs.closeSync(fd),
  read: (fd, bytes, offset, length, position) => fs.readSync(fd, bytes, offset, length, position),
  write: (fd, bytes, offset, length, position) => fs.writeSync(fd, bytes, offset, length, position),
  sync: (fd) => fs.fdatasyncSync(fd),
  syncFolder,
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  stat: (path) => toFileStat(fs.statSync(path, { bigint: true })),
  fstat: (fd) => toFileStat(fs.fstatSync(fd, { bigint: true })),
  chmod: (fd, mode) => fs.fchmodSync(fd, mode),
  chown: (fd, uid, gid) => fs.fchownSync(fd, uid, gid),
  unlink: (path) => fs.unlinkSync(path),
  rename: (from, to) => fs.renameSync(from, to),
  list: (path) => fs.readdirSync(path),
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
  real: (path) => fs.realpathSync(path),
};

function syncFolder(path: string): void {
  // Windows cannot open a folder; NTFS journals its names itself.
  if (process.platform === 'win32') return;
  const fd = fs.openSync(path, O_RDONLY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function toFileStat(stat: fs.BigIntStats): FileStat {
  return {
    dev: stat.dev, ino: stat.ino, mode: Number(stat.mode), nlink: Number(stat.nlink), uid: Number(stat.uid), gid: Number(stat.gid),
    size: Number(stat.size), mtimeMs: Number(stat.mtimeMs),
  };
}
