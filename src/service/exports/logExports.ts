import { randomBytes } from 'node:crypto';
import { isAbsolute } from 'node:path';
import type { LogExport, LogFormat } from '../../contract/logExport.ts';
import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/scope.ts';
import type { Store } from '../../core/store.ts';
import type { QueryTerm } from '../../core/logQuery/queryTerm.ts';
import { AppError } from '../../core/appError.ts';
import { csvHeader, csvLine, type LogNames } from '../../core/logCsv.ts';
import { ChangeSignal, nextChange } from '../changeSignal.ts';
import { removeLeftovers } from './leftovers.ts';
import { writeSecretFile } from './writeSecretFile.ts';

/** A page is in memory at a time, and making its text takes about a millisecond of the thread that carries streams. */
const pageRows = 100;
const mostCounted = 10_000_000;
const mostRunning = 4;
/** As many exports are remembered; the oldest ended ones go first. */
const mostRemembered = 16;

export interface LogExportsDeps { readonly clock: Clock; readonly store: Pick<Store, 'listRequests' | 'countRequests'>; readonly names: () => LogNames }
export interface WantedExport { readonly terms: readonly QueryTerm[]; readonly format: LogFormat; readonly path: string }

type Live = { -readonly [Name in keyof LogExport]: LogExport[Name] };
/** `ended` resolves to why it is not done, null when it is. */
interface Job { readonly status: Live; readonly changes: ChangeSignal; readonly stop: AbortController; readonly ended: Promise<AppError | null> }

/** Exports of the request log, with progress and Cancel. A file is whole or not there. */
export class LogExports implements Disposable {
  readonly #deps: LogExportsDeps;
  readonly #jobs = new Map<string, Job>();

  constructor(deps: LogExportsDeps) {
    this.#deps = deps;
  }

  start(wanted: WantedExport): LogExport {
    if (!isAbsolute(wanted.path)) throw new AppError('badRequest', `${wanted.path} is not an absolute path. Name the file with its whole path.`);
    if ([...this.#jobs.values()].filter(({ status }) => status.state === 'running').length >= mostRunning) throw new AppError('conflict', `${mostRunning} exports are running already. Wait for one of them, or cancel it.`);
    const status: Live = { exportId: `export_${randomBytes(6).toString('hex')}`, revision: 0, state: 'running', path: wanted.path, total: 0, written: 0, bytes: 0, message: null };
    const [changes, stop] = [new ChangeSignal(50), new AbortController()];
    const ended = this.#run(wanted, status, changes, stop.signal);
    this.#jobs.set(status.exportId, { status, changes, stop, ended });
    this.#forgetOld();
    return { ...status };
  }

  /** One to its end. Rejects with what was in the way. */
  async whole(wanted: WantedExport): Promise<LogExport> {
    const { status, ended } = this.#find(this.start(wanted).exportId);
    const failure = await ended;
    if (failure) throw failure;
    return { ...status };
  }

  /** Answers at once when it is at another revision than `seenRevision`, else at its next change or after `waitMs`. Throws `notFound`. */
  async status(exportId: string, seenRevision: number | undefined, waitMs: number): Promise<LogExport> {
    const { status, changes } = this.#find(exportId);
    if (status.state === 'running' && status.revision === seenRevision && waitMs > 0) await nextChange(changes, waitMs);
    return { ...status };
  }

  /** Resolves when nothing of it is left. */
  async cancel(exportId: string): Promise<LogExport> {
    const { status, stop, ended } = this.#find(exportId);
    stop.abort();
    await ended;
    return { ...status };
  }

  async dispose(): Promise<void> {
    for (const { stop } of this.#jobs.values()) stop.abort();
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }

  async #run({ terms, format, path }: WantedExport, status: Live, changes: ChangeSignal, signal: AbortSignal): Promise<AppError | null> {
    const tell = (news: Partial<Live>): void => {
      Object.assign(status, news, { revision: status.revision + 1 });
      changes.fire();
    };
    try {
      await removeLeftovers(path, this.#deps.clock.now());
      await writeSecretFile(path, this.#pages(terms, format, status, tell, signal));
      tell({ state: 'done' });
      return null;
    } catch (thrown) {
      const error = AppError.from(thrown);
      tell(error.code === 'cancelled' ? { state: 'cancelled' } : { state: 'failed', message: error.message });
      return error;
    }
  }

  async *#pages(terms: readonly QueryTerm[], format: LogFormat, status: Readonly<Live>, tell: (news: Partial<Live>) => void, signal: AbortSignal): AsyncGenerator<string, void, void> {
    tell({ total: await this.#deps.store.countRequests(terms, mostCounted) });
    const names = this.#deps.names();
    if (format === 'csv') yield csvHeader;
    for (let beforeId: number | null = null; ;) {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled.');
      const items = await this.#deps.store.listRequests({ terms, limit: pageRows, beforeId, afterId: null });
      const text = items.map((item) => (format === 'csv' ? csvLine(item, names) : `${JSON.stringify(item)}\n`)).join('');
      yield text;
      tell({ written: status.written + items.length, bytes: status.bytes + Buffer.byteLength(text) });
      if (items.length < pageRows) return;
      beforeId = items.at(-1)?.id ?? null;
    }
  }

  #find(exportId: string): Job {
    const job = this.#jobs.get(exportId);
    if (!job) throw new AppError('notFound', 'This export is no longer known. Start another one.');
    return job;
  }

  #forgetOld(): void {
    for (const [id, { status }] of this.#jobs) {
      if (this.#jobs.size <= mostRemembered) return;
      if (status.state !== 'running') this.#jobs.delete(id);
    }
  }
}
