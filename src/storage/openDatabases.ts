import { basename, dirname, extname, join } from 'node:path';
import type { OpenedStore, OpenStoreOptions, StoreNotice } from '../core/store.ts';
import { AppError } from '../core/appError.ts';
import { AccountStore } from './accountStore.ts';
import { BindingStore } from './bindingStore.ts';
import { Database } from './database.ts';
import { resolveDataKey } from './dataKey.ts';
import type { OpenFileBacked } from './fileBackedSql.ts';
import { KeyStore } from './keyStore.ts';
import { KeyUsageStore } from './keyUsageStore.ts';
import { MetaStore } from './metaStore.ts';
import { migrate, schemaVersion, type Migration } from './migrate.ts';
import { logMigrations } from './migrations/logSchema.ts';
import { mainMigrations } from './migrations/mainSchema.ts';
import { RequestLog } from './requestLog.ts';
import { secretBox } from './secretBox.ts';
import { SettingStore } from './settingStore.ts';
import { onFile } from './storageError.ts';
import type { StorageFs } from './storageFs.ts';
import { TraceFile } from './traceFile.ts';
import { UsageStore } from './usageStore.ts';
import { statOrNull } from './wholeFile.ts';

export interface OpenContext {
  readonly open: OpenFileBacked;
  readonly fs: StorageFs;
  /** Unix milliseconds. */
  readonly now: number;
  readonly onNotice: (notice: StoreNotice) => void;
}

/** Both databases and the trace file, open and of the current version. */
export interface Databases {
  readonly main: Database;
  readonly log: Database;
  readonly accounts: AccountStore;
  readonly keys: KeyStore;
  readonly keyUsage: KeyUsageStore;
  readonly requests: RequestLog;
  readonly bindings: BindingStore;
  readonly usage: UsageStore;
  readonly settings: SettingStore;
  readonly trace: TraceFile;
  readonly opened: OpenedStore;
}

/** Opens everything, or leaves everything as it was and throws an AppError. The caller holds the leader lock. */
export function openDatabases(options: OpenStoreOptions, context: OpenContext): Databases {
  const path = realPath(options.dbPath, context.fs);
  const folder = dirname(path);
  const main = openMain(path, context);
  let log: Database | undefined;
  try {
    const meta = new MetaStore(main);
    const marker = schemaVersion(main, mainMigrations) === 0 ? null : meta.get('dataKeyMarker');
    const dataKey = resolveDataKey({ fs: context.fs, keyFile: join(folder, 'codexmanager.key'), env: options.envDataKey, secret: options.secretDataKey, marker });
    settle(main, mainMigrations, context);
    log = openLog(logPath(path), context);
    const keyUsage = new KeyUsageStore(main);
    const epoch = main.transaction(() => {
      if (marker === null) meta.set('dataKeyMarker', dataKey.marker);
      keyUsage.closeOpen(context.now);
      return meta.nextEpoch();
    });
    const box = secretBox(dataKey.key);
    const stores = { accounts: new AccountStore(main, box), keys: new KeyStore(main, box), keyUsage, requests: new RequestLog(log), bindings: new BindingStore(log), usage: new UsageStore(log), settings: new SettingStore(main) };
    const opened = { epoch, newDataKey: dataKey.made, accounts: stores.accounts.all(), keys: stores.keys.all(), keyUsage: keyUsage.load(), bindings: stores.bindings.all(), settings: stores.settings.all() };
    return { main, log, ...stores, trace: new TraceFile(join(folder, 'gateway-trace.log'), { mostBytes: options.traceBytes }), opened };
  } catch (thrown) {
    log?.abandon();
    main.abandon();
    throw thrown;
  }
}

/** Beside `codexmanager.db` stands `codexmanager-logs.db`. */
export function logPath(path: string): string {
  const ending = extname(path);
  return join(dirname(path), `${basename(path, ending)}-logs${ending}`);
}

function realPath(dbPath: string, fs: StorageFs): string {
  return onFile(dbPath, () => {
    fs.makeFolder(dirname(dbPath));
    const stat = statOrNull(fs, dbPath);
    const path = stat ? fs.real(dbPath) : join(fs.real(dirname(dbPath)), basename(dbPath));
    if (stat && (stat.mode & 0o170000) === 0o040000) throw new AppError('databaseUnusable', `${dbPath} is a folder. Point CODEXMANAGER_DB_PATH at a file.`);
    return path;
  });
}

/** Read only as far as its version and its key's marker: a database that must not be used is left without a trace of us. */
function openMain(path: string, context: OpenContext): Database {
  const main = Database.open(databaseOptions(path, 'FULL', context));
  try {
    schemaVersion(main, mainMigrations);
    return main;
  } catch (thrown) {
    main.abandon();
    throw thrown;
  }
}

/** A damaged log must not keep the accounts from working: it is moved aside, whole, and a new one is begun. */
function openLog(path: string, context: OpenContext): Database {
  try {
    return openSoundLog(path, context);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'databaseCorrupt') throw thrown;
    const aside = `${path}.damaged-${context.now}`;
    for (const ending of ['', '-wal', '-journal']) {
      if (onFile(path, () => statOrNull(context.fs, path + ending))) onFile(path, () => context.fs.rename(path + ending, aside + ending));
    }
    const log = openSoundLog(path, context);
    context.onNotice({ kind: 'logFailed', message: `The request log ${path} was damaged. It was moved to ${aside} and a new one was begun; accounts and keys are not affected.` });
    return log;
  }
}

function openSoundLog(path: string, context: OpenContext): Database {
  const log = Database.open(databaseOptions(path, 'NORMAL', context));
  try {
    schemaVersion(log, logMigrations);
    settle(log, logMigrations, context);
    return log;
  } catch (thrown) {
    log.abandon();
    throw thrown;
  }
}

function settle(database: Database, migrations: readonly Migration[], { fs, now }: OpenContext): void {
  database.settle();
  migrate(database, migrations, fs, now);
}

function databaseOptions(path: string, synchronous: 'FULL' | 'NORMAL', { open, fs, onNotice }: OpenContext) {
  return {
    open, fs, path, synchronous, cacheKiB: 16_384,
    onForeignAccess: (file: string) => onNotice({
      kind: 'foreignAccess',
      message: `Another program opened ${file} while CodexManager was running and removed its write-ahead log. Nothing was lost; the log was rebuilt. Close that program, or export the database instead of opening it.`,
    }),
  };
}
