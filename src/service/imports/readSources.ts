import type { ImportStart } from '../../contract/importJob.ts';
import type { PersonSet } from '../../core/records.ts';
import { isBackup, type KeyWithSecret } from '../../core/backupFormat.ts';
import { personalAccount, readImport, type ImportedAccount, type ImportItem } from '../../core/importAccounts.ts';
import type { CodexAuthFile } from '../codexAuthFile.ts';
import type { WhoAmI } from '../../upstream/whoAmI.ts';
import { Slices } from '../slices.ts';
import { listFiles, type ListedFile } from './listFiles.ts';
import type { ImportProgress } from './progress.ts';
import { readFiles, type FileText } from './readFiles.ts';

/** So many accounts are taken in one import, and so many tokens asked about at a time. */
const mostItems = 100_000;
const whoAmIAtOnce = 4;

/** An account that was read, where it stood in the whole import (from 1) and in which file. */
export interface FoundAccount { readonly index: number; readonly file: string; readonly item: ImportedAccount }

/** A backup whose passphrase is not known yet. */
export interface LockedBackup { readonly file: string; readonly text: string }

/** Everything an import read. Freed as a whole when the import is over. */
export interface Findings { readonly accounts: FoundAccount[]; readonly keys: KeyWithSecret[]; readonly locked: LockedBackup[] }

interface Token { readonly index: number; readonly file: string; readonly position: string; readonly token: string; readonly personSet: Partial<PersonSet> }

export interface ReadDeps {
  readonly codexAuth: Pick<CodexAuthFile, 'read' | 'path'>;
  readonly whoAmI: WhoAmI;
}

/** Reads the sources of one import, in slices. What cannot be taken is told to `progress` at once. */
export class SourceReader {
  readonly #deps: ReadDeps;
  readonly #progress: ImportProgress;
  readonly #signal: AbortSignal;
  readonly #slices: Slices;
  readonly #tokens: Token[] = [];
  readonly findings: Findings = { accounts: [], keys: [], locked: [] };

  constructor(deps: ReadDeps, progress: ImportProgress, signal: AbortSignal) {
    this.#deps = deps;
    this.#progress = progress;
    this.#signal = signal;
    this.#slices = new Slices(signal);
  }

  /** Rejects with `cancelled` when the signal fires, and for no other reason. */
  async read(start: ImportStart): Promise<void> {
    const listed: ListedFile[] = [];
    for await (const file of listFiles(start.paths ?? [], this.#signal)) {
      listed.push(file);
      this.#progress.tell({ files: listed.length });
    }
    const texts = start.sources ?? [];
    this.#progress.tell({ files: listed.length + texts.length + (start.codexLogin ? 1 : 0) });
    for await (const [path, read] of readFiles(listed)) {
      if (this.#signal.aborted) await this.#slices.rest();
      await this.#readFile(path, read);
    }
    for (const { name, text } of texts) await this.#readText(name, text);
    if (start.codexLogin) await this.#readCodexLogin();
    await this.#askForOwners();
  }

  /** One item, whatever it is. */
  async take(file: string, item: ImportItem): Promise<void> {
    const index = this.#progress.counts.total + 1;
    this.#progress.tell({ total: index });
    if (index > mostItems) this.#progress.fail(index, file, item.ok ? null : item.position, `there are more than ${mostItems.toLocaleString('en')} accounts; import the rest by itself`);
    else if (item.ok) this.findings.accounts.push({ index, file, item });
    else if (item.personalToken) this.#tokens.push({ index, file, position: item.position, ...item.personalToken });
    else this.#progress.fail(index, file, item.position, item.reason);
    if (this.#slices.due) await this.#slices.rest();
  }

  /** A whole file that cannot be taken. */
  async reject(file: string, reason: string): Promise<void> {
    const index = this.#progress.counts.total + 1;
    this.#progress.tell({ total: index });
    this.#progress.fail(index, file, null, reason);
    if (this.#slices.due) await this.#slices.rest();
  }

  async #readFile(path: string, read: FileText): Promise<void> {
    if ('text' in read) return this.#readText(path, read.text);
    await this.reject(path, read.problem);
    this.#readOne();
  }

  async #readText(file: string, text: string): Promise<void> {
    if (isBackup(text)) {
      this.findings.locked.push({ file, text });
    } else {
      for (const item of readImport(text)) {
        if (item) await this.take(file, item);
        else if (this.#slices.due) await this.#slices.rest();
      }
    }
    this.#readOne();
  }

  async #readCodexLogin(): Promise<void> {
    const { path } = this.#deps.codexAuth;
    const auth = await this.#deps.codexAuth.read();
    if (auth.state === 'none') await this.reject(path, 'Codex CLI has no login on this computer; run "codex login"');
    else if (auth.state === 'unreadable') await this.reject(path, auth.reason);
    else return this.#readText(path, auth.text);
    this.#readOne();
  }

  #readOne(): void {
    this.#progress.tell({ filesRead: this.#progress.counts.filesRead + 1 });
  }

  async #askForOwners(): Promise<void> {
    const tokens = this.#tokens.splice(0);
    if (tokens.length === 0) return;
    const queue = tokens.values();
    const asking = Array.from({ length: whoAmIAtOnce }, async () => {
      for (const token of queue) await this.#askForOwner(token);
    });
    await Promise.all(asking);
    this.findings.accounts.sort((a, b) => a.index - b.index);
  }

  async #askForOwner({ index, file, position, token, personSet }: Token): Promise<void> {
    if (this.#signal.aborted) await this.#slices.rest();
    const owner = await this.#deps.whoAmI(token, personSet.proxyUrl ?? null, this.#signal);
    if (owner.kind === 'unknown') this.#progress.fail(index, file, position, owner.reason);
    else this.findings.accounts.push({ index, file, item: personalAccount(token, owner, personSet) });
  }
}
