import type { ImportFailure, ImportPreview, ImportStatus } from '../../contract/importJob.ts';

/** As many failures and accounts are told; all are counted. */
const mostErrors = 200;
const mostPreviews = 500;
/** Progress is told at most so often; a new state at once. */
const quietMs = 100;

type Counts = Pick<ImportStatus, 'created' | 'updated' | 'skipped' | 'failed'>;
type Told = Pick<ImportStatus, 'filesRead' | 'files' | 'total' | 'done' | 'keys' | 'sharesCodexLogin' | 'accountId'> & Counts;

/** What an import tells about itself, and who waits to hear it. */
export class ImportProgress {
  readonly #importId: string;
  #state: ImportStatus['state'] = 'reading';
  #message: string | null = null;
  #told: Told = { filesRead: 0, files: 0, total: 0, done: 0, created: 0, updated: 0, skipped: 0, failed: 0, keys: 0, sharesCodexLogin: false, accountId: null };
  #errors: ImportFailure[] = [];
  #preview: ImportPreview[] = [];
  #revision = 1;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(importId: string) {
    this.#importId = importId;
  }

  get state(): ImportStatus['state'] {
    return this.#state;
  }

  /** Over for good. */
  get ended(): boolean {
    return this.#state === 'done' || this.#state === 'cancelled' || this.#state === 'failed';
  }

  get counts(): Readonly<Told> {
    return this.#told;
  }

  view(): ImportStatus {
    const preview = this.#state === 'ready' ? this.#preview : [];
    return { importId: this.#importId, revision: this.#revision, state: this.#state, message: this.#message, ...this.#told, errors: this.#errors, preview };
  }

  tell(news: Partial<Told>): void {
    this.#told = { ...this.#told, ...news };
    this.#timer ??= setTimeout(() => this.#wake(), quietMs).unref();
  }

  enter(state: ImportStatus['state'], message: string | null = null): void {
    this.#state = state;
    this.#message = message;
    this.#wake();
  }

  /** `index` is the item's place in the whole call, from 1; `position` is `line:column`, null when the whole file is meant. */
  fail(index: number, file: string, position: string | null, reason: string): void {
    if (this.#errors.length < mostErrors) this.#errors.push({ index, message: `${file}${position === null ? '' : `, ${position}`}: ${reason}`, file, position, reason });
    this.tell({ failed: this.#told.failed + 1 });
  }

  /** The plan is made anew: its counts begin at what could not be read. */
  beginPlan(): void {
    this.#preview = [];
    this.tell({ created: 0, updated: 0, skipped: 0, done: this.#told.failed, sharesCodexLogin: false });
  }

  show(account: ImportPreview): void {
    if (this.#preview.length < mostPreviews) this.#preview.push(account);
  }

  /** Resolves when there is something newer than `revision`, or after `ms`. */
  async newerThan(revision: number, ms: number): Promise<void> {
    if (revision !== this.#revision || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#revision += 1;
    for (const done of [...this.#waiting]) done();
  }
}
