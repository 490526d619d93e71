import { randomBytes } from 'node:crypto';
import type { ImportStart, ImportStatus } from '../../contract/importJob.ts';
import type { Disposable } from '../../core/scope.ts';
import { AppError } from '../../core/appError.ts';
import { ImportJob, type ImportDeps } from './importJob.ts';

/** As many imports can be open, and be remembered after their end. An import nobody asks about for so long is dropped, and what it read with it. */
const mostOpen = 8;
const mostEnded = 32;
const idleMs = 900_000;

/** `whole`: a call waits for its end, so it cannot be forgotten about. */
interface Kept { readonly job: ImportJob; readonly whole: boolean; askedAt: number }

/** The imports of this engine. */
export class ImportJobs implements Disposable {
  readonly #deps: ImportDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #end = new AbortController();
  #watching = false;

  constructor(deps: ImportDeps) {
    this.#deps = deps;
  }

  /** Begins to read. Rejects with `conflict` when too many are open. */
  start(start: ImportStart): ImportStatus {
    if (!start.paths?.length && !start.sources?.length && !start.codexLogin) throw new AppError('badRequest', 'There is nothing to import. Name files, folders or texts, or ask for Codex CLI\'s login.');
    const open = [...this.#kept.values()].filter(({ job, whole }) => !whole && !job.progress.ended);
    if (open.length >= mostOpen) throw new AppError('conflict', `${mostOpen} imports are open already. Finish or cancel one of them first.`);
    return this.#begin(start, false).progress.view();
  }

  #begin(start: ImportStart, whole: boolean): ImportJob {
    const importId = `imp_${randomBytes(8).toString('hex')}`;
    const job = new ImportJob(importId, this.#deps, start);
    this.#kept.set(importId, { job, whole, askedAt: this.#deps.clock.now() });
    this.#forgetOldest();
    job.begin();
    void this.#watch();
    return job;
  }

  async status(importId: string, seenRevision: number | undefined, waitMs: number | undefined): Promise<ImportStatus> {
    const { progress } = this.#find(importId);
    if (seenRevision !== undefined && !progress.ended) await progress.newerThan(seenRevision, waitMs ?? 0);
    return progress.view();
  }

  commit(importId: string, decision: { readonly passphrase?: string | undefined; readonly codexShared?: boolean | undefined }): Promise<ImportStatus> {
    return this.#find(importId).commit(decision);
  }

  cancel(importId: string): Promise<ImportStatus> {
    return this.#find(importId).cancel();
  }

  /** An import without a preview, to its end. */
  async runWhole(start: ImportStart): Promise<ImportStatus> {
    const job = this.#begin(start, true);
    await job.settled();
    if (job.progress.state === 'passphraseNeeded') throw new AppError('unsupported', 'This is an encrypted backup, which opens with its passphrase. Use account/import/start.');
    if (job.progress.state === 'ready') await job.commit({});
    await job.settled();
    const end = job.progress.view();
    this.#kept.delete(end.importId);
    return end;
  }

  /** Ends what runs; a batch that is being stored is waited for. */
  async dispose(): Promise<void> {
    this.#end.abort();
    await Promise.all([...this.#kept.values()].map(({ job }) => job.cancel()));
    this.#kept.clear();
  }

  #find(importId: string): ImportJob {
    const kept = this.#kept.get(importId);
    if (!kept) throw new AppError('notFound', 'There is no such import. It ended a while ago, or CodexManager was restarted: start it again.');
    kept.askedAt = this.#deps.clock.now();
    return kept.job;
  }

  #forgetOldest(): void {
    const ended = [...this.#kept].filter(([, { job }]) => job.progress.ended);
    for (const [importId] of ended.slice(0, Math.max(0, ended.length - mostEnded))) this.#kept.delete(importId);
  }

  /** Drops what nobody asks about any more, while there is anything to drop. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    const { clock } = this.#deps;
    try {
      while (this.#kept.size > 0) {
        const oldest = Math.min(...[...this.#kept.values()].map(({ askedAt }) => askedAt));
        await clock.sleep(Math.max(1, oldest + idleMs - clock.now()), this.#end.signal);
        for (const [importId, { job, askedAt }] of this.#kept) {
          if (clock.now() - askedAt < idleMs || job.progress.state === 'storing') continue;
          this.#kept.delete(importId);
          await job.cancel();
        }
      }
    } catch {
      // The engine ends, and every import with it.
    } finally {
      this.#watching = false;
    }
  }
}
