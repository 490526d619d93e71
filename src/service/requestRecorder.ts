import type { RequestLogItem } from '../contract/requestLog.ts';
import type { Log } from '../core/logger.ts';
import type { Binding, RequestLogRow } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { LogBatch, Store } from '../core/store.ts';

const flushMs = 100;
/** Larger batches stall the thread that sends them. */
const batchRows = 100;
/** Lines beyond this are dropped rather than kept for a disk that does not answer. */
const mostWaiting = 20_000;

/** Collects what requests leave behind and hands it to the store in small batches, at most 100 ms late. Never slows or fails a request. */
export class RequestRecorder implements Disposable {
  readonly #store: Store;
  readonly #onAdded: (items: RequestLogItem[]) => void;
  readonly #log: Log;
  #rows: RequestLogRow[] = [];
  #trace: string[] = [];
  #bindings: Binding[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(store: Store, onAdded: (items: RequestLogItem[]) => void, log: Log) {
    this.#store = store;
    this.#onAdded = onAdded;
    this.#log = log;
  }

  record(row: RequestLogRow): void {
    if (this.#rows.length < mostWaiting) this.#rows.push(row);
    this.#arm();
  }

  trace(line: string): void {
    if (this.#trace.length < mostWaiting) this.#trace.push(line);
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

  async #write(): Promise<void> {
    while (this.#rows.length > 0 || this.#trace.length > 0 || this.#bindings.length > 0) {
      await this.#writeBatch({ rows: this.#rows.splice(0, batchRows), trace: this.#trace.splice(0, batchRows * 8), bindings: this.#bindings.splice(0, batchRows * 8) });
    }
  }

  async #writeBatch(batch: LogBatch): Promise<void> {
    try {
      const items = await this.#store.appendLog(batch);
      this.#broken = false;
      if (items.length > 0) this.#onAdded(items);
    } catch (thrown) {
      if (!this.#broken) this.#log('error', `The request log cannot be written: ${thrown instanceof Error ? thrown.message : 'unknown cause'} Requests go on without it.`);
      this.#broken = true;
    }
  }
}
