import { logTuple } from '../core/logTuple.ts';
import type { Log } from '../core/logger.ts';
import type { Binding, RequestLogRow } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { LogBatch, Store } from '../core/store.ts';
import { LineBuffer } from './lineBuffer.ts';

/** Rows that were stored, and their ids in the same order. */
export type OnAdded = (ids: readonly number[], rows: readonly RequestLogRow[]) => void;

const flushMs = 100;
/** Larger batches stall the thread that sends them. */
const batchRows = 100;
/** What is more than this is dropped rather than kept for a disk that does not answer: rows, and bytes of the trace. */
const mostWaiting = 20_000;
const mostTrace = 8_000_000;

/** Collects what requests leave behind and hands it to the store in small batches, at most 100 ms late. Never slows or fails a request. */
export class RequestRecorder implements Disposable {
  readonly #store: Store;
  readonly #onAdded: OnAdded;
  readonly #log: Log;
  #rows: RequestLogRow[] = [];
  readonly #trace = new LineBuffer(mostTrace);
  #bindings: Binding[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(store: Store, onAdded: OnAdded, log: Log) {
    this.#store = store;
    this.#onAdded = onAdded;
    this.#log = log;
  }

  record(row: RequestLogRow): void {
    if (this.#rows.length < mostWaiting) this.#rows.push(row);
    this.#arm();
  }

  trace(line: string): void {
    this.#trace.add(line);
    this.#arm();
  }

  bind(binding: Binding): void {
    if (this.#bindings.length < mostWaiting) this.#bindings.push(binding);
    this.#arm();
  }

  /** Resolves when everything recorded before the call is stored. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  dispose(): Promise<void> {
    return this.flush();
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, flushMs);
  }

  /** What is there now; what comes meanwhile waits for the next time, or every row would be a batch of its own. */
  async #write(): Promise<void> {
    let left = this.#rows.length;
    do {
      const rows = this.#rows.splice(0, Math.min(batchRows, left));
      left -= rows.length;
      const batch = { rows: rows.map(logTuple), trace: this.#trace.take(), bindings: this.#bindings.splice(0, batchRows * 8) };
      if (rows.length > 0 || batch.trace.length > 0 || batch.bindings.length > 0) await this.#writeBatch(batch, rows);
    } while (left > 0);
  }

  async #writeBatch(batch: LogBatch, rows: readonly RequestLogRow[]): Promise<void> {
    try {
      const ids = await this.#store.appendLog(batch);
      this.#broken = false;
      if (ids.length > 0) this.#onAdded(ids, rows);
    } catch (thrown) {
      if (!this.#broken) this.#log('error', `The request log cannot be written: ${thrown instanceof Error ? thrown.message : 'unknown cause'} Requests go on without it.`);
      this.#broken = true;
    }
  }
}
