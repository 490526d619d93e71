import type { AccountId } from '../../contract/account.ts';
import type { ImportStart, ImportStatus } from '../../contract/importJob.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/logger.ts';
import { AppError } from '../../core/appError.ts';
import { AccountIntake, type IntakeOptions, type Planned } from '../accountIntake.ts';
import type { AccountPool } from '../accountPool.ts';
import type { KeyRing } from '../keyRing.ts';
import { Slices } from '../slices.ts';
import type { TokenKeeper } from '../tokenKeeper.ts';
import { ImportProgress } from './progress.ts';
import { SourceReader, type FoundAccount, type ReadDeps } from './readSources.ts';
import { openBackups } from './openBackups.ts';

export interface ImportDeps extends ReadDeps {
  readonly pool: AccountPool;
  readonly keys: KeyRing;
  readonly tokens: Pick<TokenKeeper, 'exclusive'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** As many accounts go into one durable transaction. */
const batchSize = 100;
const words = { create: 'created', update: 'updated', skip: 'skipped' } as const;

/** One import, from reading to its end: see ImportStatus. Nothing is stored before commit(). */
export class ImportJob {
  readonly progress: ImportProgress;
  readonly #deps: ImportDeps;
  readonly #start: ImportStart;
  readonly #end = new AbortController();
  #reader: SourceReader;
  #running: Promise<void> = Promise.resolve();

  constructor(importId: string, deps: ImportDeps, start: ImportStart) {
    this.#deps = deps;
    this.#start = start;
    this.progress = new ImportProgress(importId);
    this.#reader = new SourceReader(deps, this.progress, this.#end.signal);
  }

  begin(): void {
    this.#run(async () => {
      await this.#reader.read(this.#start);
      await this.#open(this.#start.passphrase);
    });
  }

  /** Waits until whatever runs has come to a decision or to the end. */
  settled(): Promise<void> {
    return this.#running;
  }

  /** Opens the backup that was read, or begins storing what is ready. Rejects with `conflict` in any other state. */
  async commit({ passphrase, codexShared }: { readonly passphrase?: string | undefined; readonly codexShared?: boolean | undefined }): Promise<ImportStatus> {
    const { state } = this.progress;
    if (state === 'passphraseNeeded') {
      if (!passphrase) throw new AppError('badRequest', 'This backup opens with its passphrase only. Give the passphrase, or cancel the import.');
      this.#run(() => this.#open(passphrase));
      await this.#running;
    } else if (state === 'ready') {
      this.progress.enter('storing');
      this.#run(() => this.#store(codexShared === true));
    } else if (state === 'reading' || this.progress.ended) {
      throw new AppError('conflict', state === 'reading' ? 'This import is still being read. Wait until it is ready.' : 'This import is over. Start another one.');
    }
    return this.progress.view();
  }

  /** Ends it. What is stored by then stays stored, and is counted. */
  async cancel(): Promise<ImportStatus> {
    this.#end.abort();
    await this.#running;
    if (!this.progress.ended) this.#finish('cancelled');
    return this.progress.view();
  }

  #run(work: () => Promise<void>): void {
    this.#running = this.#running.then(work).catch((thrown: unknown) => this.#fail(thrown));
  }

  #fail(thrown: unknown): void {
    const error = this.#end.signal.aborted ? new AppError('cancelled', 'Cancelled.') : AppError.from(thrown);
    if (error.code === 'cancelled') return this.#finish('cancelled');
    if (error.code === 'internal') this.#deps.log('error', `An import failed: ${error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : 'unknown cause'}`);
    this.#finish('failed', error.message);
  }

  /** Frees what was read: it is credentials. */
  #finish(state: 'done' | 'cancelled' | 'failed', message: string | null = null): void {
    this.#reader = new SourceReader(this.#deps, this.progress, this.#end.signal);
    this.progress.enter(state, message);
  }

  async #open(passphrase: string | undefined): Promise<void> {
    const problem = await openBackups(this.#reader, passphrase, this.#end.signal);
    if (problem !== null) return this.progress.enter('passphraseNeeded', problem);
    const { pool, clock } = this.#deps;
    const sharable = await this.#codexRefreshToken();
    const found = inOrder(this.#reader.findings.accounts);
    const intake = new AccountIntake(pool, clock, this.#options(null));
    const slices = new Slices(this.#end.signal);
    this.progress.beginPlan();
    for (const one of found) {
      const planned = intake.add(one.item);
      this.#count(planned);
      this.progress.show(previewOf(one, planned));
      const { account, tokens } = planned.stored;
      if (sharable !== null && tokens.refreshToken === sharable && !account.codexShared) this.progress.tell({ sharesCodexLogin: true });
      if (slices.due) await slices.rest();
    }
    this.progress.tell({ keys: this.#newKeys().length, done: 0 });
    this.progress.enter('ready');
  }

  async #store(codexShared: boolean): Promise<void> {
    const { pool, clock, log } = this.#deps;
    const found = inOrder(this.#reader.findings.accounts);
    const intake = new AccountIntake(pool, clock, this.#options(codexShared ? await this.#codexRefreshToken() : null));
    const slices = new Slices(this.#end.signal);
    this.progress.beginPlan();
    for (let from = 0; from < found.length; from += batchSize) {
      const planned = await this.#storeBatch(intake, found.slice(from, from + batchSize));
      for (const one of planned) this.#count(one);
      if (found.length === 1) this.progress.tell({ accountId: planned[0]?.stored.account.id ?? null });
      await slices.rest();
    }
    for (const { key, secret } of this.#newKeys()) {
      await this.#deps.keys.create(key, secret);
      await slices.rest();
    }
    const { created, updated, skipped, failed } = this.progress.counts;
    log('info', `An import ended: ${created} accounts created, ${updated} updated, ${skipped} skipped, ${failed} failed.`);
    this.#finish('done');
  }

  /** A login that is just being renewed must not be overwritten with what it was before. */
  #storeBatch(intake: AccountIntake, batch: readonly FoundAccount[]): Promise<Planned[]> {
    const changed = batch.flatMap(({ item }) => intake.wouldChange(item) ?? []);
    return this.#whenFree(changed, async () => {
      const planned = batch.map(({ item }) => intake.add(item));
      await intake.save();
      return planned;
    });
  }

  /** Runs a task once nobody renews these logins. A renewal can take a minute, and who cancels does not wait for it; a task that runs is waited for. */
  async #whenFree<T>(ids: readonly AccountId[], task: () => Promise<T>): Promise<T> {
    const { signal } = this.#end;
    const left = Promise.withResolvers<never>();
    let begun = false;
    const leave = (): void => {
      if (!begun) left.reject(new AppError('cancelled', 'Cancelled.'));
    };
    signal.addEventListener('abort', leave);
    const done = this.#deps.tokens.exclusive(ids, () => {
      signal.throwIfAborted();
      begun = true;
      return task();
    });
    try {
      return await Promise.race([done, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #count({ action }: Planned): void {
    const { counts } = this.progress;
    this.progress.tell({ [words[action]]: counts[words[action]] + 1, done: counts.done + 1 });
  }

  #options(shared: string | null): IntakeOptions {
    const groupName = this.#start.groupName?.trim();
    return { groupName: groupName || 'IMPORT', source: 'file', shared };
  }

  /** Keys of a backup that are not there, by id and by text. */
  #newKeys(): SourceReader['findings']['keys'] {
    const ids = new Set(this.#deps.keys.list().map(({ id }) => id));
    const fresh = this.#reader.findings.keys.filter(({ key }) => !ids.has(key.id) && !this.#deps.keys.find(key.hash));
    return [...new Map(fresh.map((one) => [one.key.hash, one])).values()];
  }

  async #codexRefreshToken(): Promise<string | null> {
    const auth = await this.#deps.codexAuth.read();
    return auth.state === 'login' ? (auth.account?.tokens.refreshToken ?? null) : null;
  }
}

/** In the order they were read; those that bring a sort along (our own exports) in that order among themselves. */
function inOrder(found: readonly FoundAccount[]): FoundAccount[] {
  const sortOf = ({ item }: FoundAccount): number | undefined => item.personSet.sort;
  const sorted = found.filter((one) => sortOf(one) !== undefined).sort((a, b) => (sortOf(a) ?? 0) - (sortOf(b) ?? 0)).values();
  return found.map((one) => (sortOf(one) === undefined ? one : (sorted.next().value ?? one)));
}

function previewOf({ file }: FoundAccount, { action, reason, stored: { account } }: Planned): ImportStatus['preview'][number] {
  return { label: account.label, email: account.email, plan: account.plan, groupName: account.groupName, file, action, reason };
}
