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
/** What is more than this is dropped rather than kept for a disk that does not answer: rows, and bytes of the trace (its lines are counted too). */
const mostWaiting = 20_000;
const mostTrace = 8_000_000;
/** A warning for the first line of the trace that was dropped, and each time so many more were. */
const warnEvery = 1_024;

export interface RecorderDeps {
  readonly store: Pick<Store, 'appendLog'>;
  readonly onAdded: OnAdded;
  readonly log: Log;
  /** So many lines of the trace may wait for the disk. */
  readonly traceLines: number;
}

/** Collects what requests leave behind and hands it to the store in small batches, at most 100 ms late. Never slows or fails a request. */
export class RequestRecorder implements Disposable {
  readonly #deps: RecorderDeps;
  #rows: RequestLogRow[] = [];
  readonly #trace: LineBuffer;
  #dropped = 0;
  #bindings: Binding[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#trace = new LineBuffer({ mostBytes: mostTrace, mostLines: deps.traceLines });
  }

  /** Batches that the database refused; and those of them that failed because it was busy. */
  readonly failed = { errors: 0, busy: 0 };

  /** What waits for the disk. */
  get waiting(): { readonly rows: number; readonly traceLines: number; readonly traceDropped: number } {
    return { rows: this.#rows.length, traceLines: this.#trace.lines, traceDropped: this.#dropped };
  }

  record(row: RequestLogRow): void {
    if (this.#rows.length < mostWaiting) this.#rows.push(row);
    this.#arm();
  }

  trace(line: string): void {
    if (!this.#trace.add(line)) return this.#drop();
    this.#arm();
    if (this.#trace.lines === this.#deps.traceLines >> 1) this.#hurry();
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

  #arm(afterMs = flushMs): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, afterMs);
  }

  /** Half full: the rest of the pause would be too long for what comes. */
  #hurry(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#arm(0);
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#dropped !== 1 && this.#dropped % warnEvery !== 0) return;
    this.#deps.log('warn', `The trace file cannot keep up: ${this.#dropped} ${this.#dropped === 1 ? 'line was' : 'lines were'} left out of it so far. Requests are not affected. CODEXMANAGER_TRACE_QUEUE_CAPACITY (${this.#deps.traceLines}) says how many may wait.`);
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
      const ids = await this.#deps.store.appendLog(batch);
      this.#broken = false;
      if (ids.length > 0) this.#deps.onAdded(ids, rows);
    } catch (thrown) {
      this.failed.errors += 1;
      if (thrown instanceof Error && /locked|busy/i.test(thrown.message)) this.failed.busy += 1;
      if (!this.#broken) this.#deps.log('error', `The request log cannot be written: ${thrown instanceof Error ? thrown.message : 'unknown cause'} Requests go on without it.`);
      this.#broken = true;
    }
  }
}
