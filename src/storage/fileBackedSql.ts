import { readFileSync } from 'node:fs';
import initSqlJs, { type Database as SqlDatabase, type SqlJsStatic } from 'sql.js';
import { AppError } from '../core/appError.ts';
import { BoundFile } from './boundFile.ts';
import { FileCalls } from './fileCalls.ts';
import { checkWasm, nameImports } from './sqlJsBuild.ts';
import { toStorageError } from './storageError.ts';
import type { StorageFs } from './storageFs.ts';
import { WasmHeap } from './wasmHeap.ts';

/** SQLite on a real file: what sql.js offers, and the file beneath it. */
export interface FileBackedDatabase {
  readonly sql: SqlDatabase;
  readonly file: BoundFile;
  /** Ends both. Never throws: a database that cannot close cleanly is recovered from its write-ahead log at the next open. */
  close(): void;
}

/** Opens one database on the file at `path` (absolute, without symbolic links), which is made when missing. */
export type OpenFileBacked = (fs: StorageFs, path: string) => FileBackedDatabase;

let loaded: Promise<OpenFileBacked> | undefined;

/**
 * Loads SQLite once per thread (sql.js knows only one instance) with its file calls going to the disk through `instantiateWasm`, Emscripten's
 * documented hook. Rejects with `databaseUnusable` when the binary or its loader is not sql.js 1.16.0.
 */
export function loadFileBackedSql(wasmFile: string): Promise<OpenFileBacked> {
  loaded ??= load(wasmFile).catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  return loaded;
}

async function load(wasmFile: string): Promise<OpenFileBacked> {
  const wasm = readWasm(wasmFile);
  const imports = checkWasm(wasm);
  const heap = new WasmHeap();
  const calls = new FileCalls(heap);
  const sqlJs = await new Promise<SqlJsStatic>((resolve, reject) => {
    const options = {
      useOldExtensionFunctions: false,
      instantiateWasm(tables: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        // A hook that throws leaves sql.js waiting for ever: the failure has to leave by our own promise.
        try {
          done(instantiate(wasm, tables, imports, calls, heap));
        } catch (thrown) {
          reject(AppError.from(thrown));
        }
        return {};
      },
    };
    initSqlJs(options).then(resolve, reject);
  });
  return (fs, path) => open(sqlJs, calls, fs, path);
}

function readWasm(wasmFile: string): Uint8Array {
  try {
    return readFileSync(wasmFile);
  } catch (cause) {
    throw new AppError('databaseUnusable', `CodexManager's SQLite is missing: ${wasmFile} cannot be read. Reinstall CodexManager.`, { cause });
  }
}

function instantiate(
  wasm: Uint8Array, tables: WebAssembly.Imports, imports: ReadonlyMap<string, string>, calls: FileCalls, heap: WasmHeap,
): WebAssembly.Instance {
  const table = Object.values(tables)[0] ?? {};
  const keys = nameImports(Object.keys(table), imports);
  const original = (name: string) => table[keys.get(name) ?? ''] as (...args: never[]) => number;
  for (const [name, replacement] of calls.replacements(original)) table[keys.get(name) ?? ''] = replacement;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), tables);
  for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) heap.attach(value);
  return instance;
}

function open(sqlJs: SqlJsStatic, calls: FileCalls, fs: StorageFs, path: string): FileBackedDatabase {
  const file = new BoundFile(fs, path);
  try {
    // The empty array leaves a twin in Emscripten's own files, which close() unlinks; without it close() throws.
    const sql = calls.bind(file, () => new sqlJs.Database(new Uint8Array()));
    return { sql, file, close: () => close(sql, calls, file) };
  } catch (thrown) {
    calls.release(file);
    throw toStorageError(thrown, file);
  }
}

function close(sql: SqlDatabase, calls: FileCalls, file: BoundFile): void {
  try {
    sql.close();
  } catch {
    // What was committed is in the write-ahead log, whatever went wrong now.
  } finally {
    calls.release(file);
  }
}
