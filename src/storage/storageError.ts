import type { ErrorCode } from '../contract/fault.ts';
import { AppError } from '../core/appError.ts';

interface Place { readonly path: string; readonly lastFault: string | null }
interface Kind { readonly code: ErrorCode; readonly faults: readonly string[]; readonly message: RegExp; readonly say: (path: string) => string }

const kinds: readonly Kind[] = [
  {
    code: 'diskFull', faults: ['ENOSPC', 'EDQUOT', 'EFBIG'], message: /disk is full/,
    say: (path) => `The disk that holds ${path} is full. Nothing was changed. Free some space and try again.`,
  },
  {
    code: 'databaseReadOnly', faults: ['EROFS', 'EACCES', 'EPERM'], message: /readonly database/,
    say: (path) => `${path} or its folder cannot be written. Nothing was changed. Give your user write permission to both, then reload the window or start CodexManager again.`,
  },
  {
    code: 'databaseCorrupt', faults: [], message: /not a database|malformed|corrupt/,
    say: (path) => `${path} is damaged and was left as it is. Move it away together with the files that start with its name and end in -wal or -journal, put a copy of it (*.backup-*) in its place if there is one, and start CodexManager again.`,
  },
  {
    code: 'databaseUnusable', faults: ['EISDIR', 'ENOTDIR'], message: /^$/,
    say: (path) => `${path} is not a file, or a part of its path is not a folder. Move what is there away, or point CODEXMANAGER_DB_PATH elsewhere.`,
  },
  {
    code: 'conflict', faults: [], message: /UNIQUE constraint/,
    say: (path) => `${path} already holds this under another id. Nothing was changed.`,
  },
];

/** Whatever SQLite or the disk threw, as an AppError that names the file and the next step. */
export function toStorageError(thrown: unknown, { path, lastFault }: Place): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const kind = kinds.find((each) => each.message.test(message)) ?? kinds.find((each) => lastFault !== null && each.faults.includes(lastFault));
  if (kind) return new AppError(kind.code, kind.say(path), { cause: thrown });
  const detail = lastFault ? `${message}, ${lastFault}` : message;
  return new AppError('databaseUnusable', `${path} could not be used (${detail}). Check the disk, then reload the window or start CodexManager again.`, { cause: thrown });
}

/** Runs file work outside SQLite on `path`, with the same translation. */
export function onFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw toStorageError(thrown, { path, lastFault: faultCode(thrown) });
  }
}

/** Node's code of a failed file call, null for anything else. */
export function faultCode(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}
