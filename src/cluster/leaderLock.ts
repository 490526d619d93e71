import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Disposable } from '../core/scope.ts';
import { AppError } from '../core/appError.ts';

/**
 * The right to lead a data directory: an exclusive SQLite transaction on `leader.lock`, which the kernel ends with its process and which other
 * containers on the same volume see too. Null when another process has it. Never open that file by any other means: on POSIX systems closing it
 * would end the lock.
 */
export function tryLeaderLock(dataDir: string): Disposable | null {
  const path = join(dataDir, 'leader.lock');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const isNew = !existsSync(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    if (isNew) chmodSync(path, 0o600);
    return hold(database);
  } catch (thrown) {
    throw new AppError('databaseUnusable', `The lock file ${path} cannot be used (${thrown instanceof Error ? thrown.message : 'unknown cause'}). Check that the folder exists and may be written.`, { cause: thrown });
  }
}

function hold(database: DatabaseSync): Disposable | null {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return { dispose: () => database.close() };
  } catch (thrown) {
    database.close();
    if (thrown instanceof Error && /locked|busy/i.test(thrown.message)) return null;
    throw thrown;
  }
}
