import { basename, dirname, join } from 'node:path';
import { AppError } from '../core/appError.ts';
import type { Database } from './database.ts';
import { onFile } from './storageError.ts';
import type { StorageFs } from './storageFs.ts';
import { copyDurably } from './wholeFile.ts';

/** Step n brings a database from version n - 1 to n. A released step is never changed again. */
export type Migration = (database: Database) => void;

const keptCopies = 2;

/** The version of the schema; throws `databaseTooNew` when this program does not know it. */
export function schemaVersion(database: Database, migrations: readonly Migration[]): number {
  const version = Number(database.value('PRAGMA user_version', []));
  if (version <= migrations.length) return version;
  throw new AppError('databaseTooNew', `${database.path} was written by a newer CodexManager (its schema is version ${version}, this one knows ${migrations.length}). It was not touched. Update CodexManager.`);
}

/** Runs the steps that are missing, each once and in a transaction. A database that holds something is copied beside itself first; two copies are kept. */
export function migrate(database: Database, migrations: readonly Migration[], fs: StorageFs, now: number): void {
  const version = schemaVersion(database, migrations);
  if (version === migrations.length) return;
  if (version > 0) keepCopy(database, version, fs, now);
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      step(database);
      database.execute(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

function keepCopy(database: Database, version: number, fs: StorageFs, now: number): void {
  const { path } = database;
  const prefix = `${path}.backup-`;
  database.checkpoint();
  onFile(path, () => {
    copyDurably(fs, path, `${prefix}${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}-v${version}`);
    const copies = fs.list(dirname(path)).filter((name) => name.startsWith(basename(prefix)) && !name.endsWith('.part')).sort();
    for (const name of copies.slice(0, -keptCopies)) fs.unlink(join(dirname(path), name));
  });
}
