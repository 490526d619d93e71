import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OpenedStore, OpenStoreOptions, Store, StoreNotice } from '../core/store.ts';
import { AppError } from '../core/appError.ts';
import { StoreReply, storeMethods, type OpenResult, type StoreMethod } from './storeMessages.ts';

export interface OpenStoreWorker extends OpenStoreOptions {
  /** dist/store.js, or src/store.ts where the sources run as they are. */
  readonly storeFile: string;
  /** SQLite's binary; beside storeFile when left out. */
  readonly wasmFile?: string;
  readonly onNotice: (notice: StoreNotice) => void;
}

export interface OpenStoreResult extends OpenedStore {
  readonly store: Store;
  /** Resolves when the worker died without having been asked to close. */
  readonly died: Promise<void>;
}

/** Starts the databases' worker and opens them. Rejects with the AppError that says why they cannot be used; no worker is left then. */
export async function openStore({ storeFile, wasmFile, onNotice, ...options }: OpenStoreWorker): Promise<OpenStoreResult> {
  const connection = new StoreConnection(new Worker(storeFile, { name: 'codexmanager-store' }), onNotice);
  try {
    const opened = await connection.call('open', [{ ...options, wasmFile: wasmFile ?? join(dirname(storeFile), 'sql-wasm.wasm') }]) as OpenResult;
    return { ...opened, store: connection.store(), died: connection.died };
  } catch (thrown) {
    await connection.terminate();
    throw thrown;
  }
}

interface Pending { readonly resolve: (result: unknown) => void; readonly reject: (error: AppError) => void }

class StoreConnection {
  readonly died: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #onNotice: (notice: StoreNotice) => void;
  #lastId = 0;
  #over: AppError | null = null;
  #closing = false;

  constructor(worker: Worker, onNotice: (notice: StoreNotice) => void) {
    this.#worker = worker;
    this.#onNotice = onNotice;
    worker.on('message', (raw: unknown) => this.#receive(raw));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    let cause: unknown = null;
    worker.on('error', (error) => void (cause = error));
    worker.on('exit', () => {
      this.#end(new AppError('databaseUnusable', 'The thread that keeps CodexManager\'s databases has ended. It is started again; what was acknowledged is safe.', { cause }));
      if (!this.#closing) resolve();
    });
  }

  call(method: 'open' | StoreMethod, args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#pending.set(this.#lastId, { resolve, reject });
      this.#worker.postMessage({ id: this.#lastId, method, args });
    });
  }

  store(): Store {
    const calls = Object.fromEntries(storeMethods.map((method) => [method, (...args: unknown[]) => this.call(method, args)]));
    // A text crosses to another thread at a fraction of the cost of the same values one by one, and this is the one call that every request pays for.
    const appendLog: Store['appendLog'] = ({ rows, trace, bindings }) => this.call('appendLog', [JSON.stringify(rows), trace, bindings]) as Promise<number[]>;
    return { ...calls, appendLog, close: () => this.#close() } as unknown as Store; // storeMethods names every method of Store
  }

  terminate(): Promise<unknown> {
    this.#closing = true;
    return this.#worker.terminate();
  }

  async #close(): Promise<void> {
    if (this.#over) return;
    await this.call('close', []);
    await this.terminate();
  }

  #receive(raw: unknown): void {
    const reply = StoreReply.parse(raw);
    if ('notice' in reply) return this.#onNotice(reply.notice);
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) pending?.resolve(reply.result);
    else pending?.reject(new AppError(reply.fault.code, reply.fault.message));
  }

  #end(error: AppError): void {
    this.#over ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
