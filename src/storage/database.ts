import type { SqlValue, Statement } from 'sql.js';
import type { FileBackedDatabase, OpenFileBacked } from './fileBackedSql.ts';
import { toStorageError } from './storageError.ts';
import type { StorageFs } from './storageFs.ts';

/** How a database is opened. `path` is absolute and free of symbolic links. */
export interface DatabaseOptions {
  readonly open: OpenFileBacked;
  readonly fs: StorageFs;
  readonly path: string;
  /** FULL: durable when a transaction returns. NORMAL: the last moments may be lost in a power cut, never in a crash. OFF is for proving that the others matter. */
  readonly synchronous: 'FULL' | 'NORMAL' | 'OFF';
  readonly cacheKiB: number;
  /** Another program deleted the write-ahead log; it has been rebuilt and nothing is lost. */
  readonly onForeignAccess: (path: string) => void;
}

export type Row = Readonly<Record<string, SqlValue>>;
export type Parameters = readonly SqlValue[];

/**
 * One SQLite file. Reading is free; every change goes through transaction(), which returns when it is as durable as `synchronous` promises
 * and in a log that still has a name. Throws only AppErrors.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #statements = new Map<string, Statement>();
  #backed: FileBackedDatabase;
  #inTransaction = false;

  private constructor(options: DatabaseOptions, backed: FileBackedDatabase) {
    this.#options = options;
    this.#backed = backed;
  }

  /** Opens the file for reading its version; settle() must follow before anything is written. */
  static open(options: DatabaseOptions): Database {
    const database = new Database(options, options.open(options.fs, options.path));
    try {
      // Before anything is read: without shared memory, a write-ahead log is readable only in this mode.
      database.execute('PRAGMA locking_mode=EXCLUSIVE');
      return database;
    } catch (thrown) {
      database.abandon();
      throw thrown;
    }
  }

  get path(): string {
    return this.#options.path;
  }

  /** Chooses the write-ahead log and the durability. The first thing that may change the file. */
  settle(): void {
    const { synchronous, cacheKiB } = this.#options;
    this.#guarded(() => {
      this.#backed.sql.run('PRAGMA journal_mode=WAL');
      for (const pragma of [`synchronous=${synchronous}`, `cache_size=-${cacheKiB}`, 'temp_store=MEMORY', 'foreign_keys=ON', 'journal_size_limit=33554432', 'wal_autocheckpoint=4000']) {
        this.#backed.sql.run(`PRAGMA ${pragma}`);
      }
    });
  }

  /** Statements without parameters or results (schema, pragmas). */
  execute(sql: string): void {
    this.#guarded(() => this.#backed.sql.run(sql));
  }

  /** Runs one change, inside a transaction; returns the number of rows changed. */
  change(sql: string, parameters: Parameters): number {
    return this.#guarded(() => {
      this.#statement(sql).run([...parameters]);
      return this.#backed.sql.getRowsModified();
    });
  }

  all(sql: string, parameters: Parameters): Row[] {
    return this.#guarded(() => {
      const statement = this.#statement(sql);
      const rows: Row[] = [];
      try {
        statement.bind([...parameters]);
        while (statement.step()) rows.push(statement.getAsObject());
      } finally {
        statement.reset();
      }
      return rows;
    });
  }

  first(sql: string, parameters: Parameters): Row | undefined {
    return this.all(sql, parameters)[0];
  }

  /** The first column of the first row. */
  value(sql: string, parameters: Parameters): SqlValue | undefined {
    return Object.values(this.first(sql, parameters) ?? {})[0];
  }

  /** All of `work`, or nothing of it. Within a transaction it joins it. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    this.execute('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    let result: T;
    try {
      result = work();
      this.execute('COMMIT');
    } catch (thrown) {
      this.#rollBack();
      throw toStorageError(thrown, this.#backed.file);
    } finally {
      this.#inTransaction = false;
    }
    this.keepLinked();
    return result;
  }

  /**
   * Another program that opens our file sees no lock, and on its exit deletes our write-ahead log: later commits would go to a file without a
   * name. Then everything is moved into the main file and a new log is begun.
   */
  keepLinked(): void {
    if (this.#guarded(() => this.#backed.file.walIsLinked())) return;
    this.checkpoint();
    this.#reopen();
    this.#options.onForeignAccess(this.path);
  }

  /** Moves everything from the write-ahead log into the main file, which is then whole on its own. */
  checkpoint(): void {
    this.all('PRAGMA wal_checkpoint(TRUNCATE)', []);
  }

  /** Checkpoints and closes. */
  close(): void {
    this.#freeStatements();
    this.#backed.close();
  }

  /** Closes without changing a byte on disk. */
  abandon(): void {
    this.#backed.file.seal();
    this.close();
  }

  #reopen(): void {
    this.close();
    this.#backed = this.#options.open(this.#options.fs, this.path);
    this.execute('PRAGMA locking_mode=EXCLUSIVE');
    this.settle();
  }

  #rollBack(): void {
    try {
      this.#backed.sql.run('ROLLBACK');
    } catch {
      // SQLite rolls back by itself when the disk is full or broken.
    }
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#backed.sql.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #freeStatements(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
  }

  #guarded<T>(work: () => T): T {
    this.#backed.file.lastFault = null;
    try {
      return work();
    } catch (thrown) {
      throw toStorageError(thrown, this.#backed.file);
    }
  }
}
