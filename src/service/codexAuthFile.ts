import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../core/appError.ts';
import { parseImport, type ImportedAccount } from '../core/importAccounts.ts';

/**
 * What Codex CLI's `auth.json` holds. `text` is the file as it is, to be given to write() as what is expected. `account` is null when only the
 * issuer could say whose login it is.
 */
export type CodexAuth =
  | { readonly state: 'none' }
  | { readonly state: 'unreadable'; readonly reason: string }
  | { readonly state: 'login' | 'apiKey' | 'personalToken'; readonly text: string; readonly account: ImportedAccount | null };

const fileName = 'auth.json';
const mostBytes = 1_048_576;
const backupsKept = 2;
const Shape = z.looseObject({ personal_access_token: z.optional(z.nullable(z.string())), OPENAI_API_KEY: z.optional(z.nullable(z.string())) });

/** Codex CLI's `auth.json`: read as often as one likes, written only over what was read. */
export class CodexAuthFile {
  readonly path: string;
  readonly #now: () => number;
  #seen: { readonly version: string; readonly auth: CodexAuth } | null = null;

  constructor(codexHome: string, now: () => number = Date.now) {
    this.path = join(codexHome, fileName);
    this.#now = now;
  }

  /** What it holds now. Never throws. */
  async read(): Promise<CodexAuth> {
    try {
      const found = await stat(this.path);
      if (found.size > mostBytes) return { state: 'unreadable', reason: `${this.path} is larger than 1 MiB` };
      return readAuth(await readFile(this.path, 'utf8'), this.path);
    } catch (thrown) {
      return isCode(thrown, 'ENOENT') || isCode(thrown, 'ENOTDIR') ? { state: 'none' } : { state: 'unreadable', reason: `${this.path} cannot be read (${causeOf(thrown)})` };
    }
  }

  /** The same, from memory as long as the file is the one that was read (by inode, size and time). */
  async peek(): Promise<CodexAuth> {
    const found = await stat(this.path, { bigint: true }).catch(() => null);
    const version = found ? `${found.ino} ${found.size} ${found.mtimeNs}` : 'none';
    if (this.#seen?.version === version) return this.#seen.auth;
    const auth = await this.read();
    this.#seen = { version, auth };
    return auth;
  }

  /**
   * Replaces the file whole: 0600, on disk when this resolves, never half of it for a reader; the target of a link is replaced, not the link. Rejects
   * with `conflict` when the file does not hold `expected` any more (null: when there is one).
   */
  async write(text: string, expected: string | null): Promise<void> {
    const target = await targetOf(this.path);
    const half = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      writeDurably(half, text);
      // Without a pause in between, so that nobody's change is lost unseen: Codex CLI takes no lock that we could share.
      if (textOf(target) !== expected) throw changedMeanwhile(this.path);
      renameSync(half, target);
      syncFolder(dirname(target));
    } catch (thrown) {
      await rm(half, { force: true }).catch(() => undefined);
      throw thrown instanceof AppError ? thrown : notWritten(this.path, thrown);
    }
  }

  /** Keeps `text` beside the file, 0600, and drops all but the two newest. Resolves to the copy's path. */
  async keepBackup(text: string): Promise<string> {
    const prefix = `${fileName}.codexmanager-`;
    const folder = dirname(this.path);
    const path = join(folder, prefix + new Date(this.#now()).toISOString().replaceAll(/[-:.]/g, ''));
    try {
      await rm(path, { force: true });
      await writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true });
      const kept = (await readdir(folder)).filter((name) => name.startsWith(prefix)).sort();
      for (const name of kept.slice(0, -backupsKept)) await rm(join(folder, name), { force: true });
      return path;
    } catch (thrown) {
      throw notWritten(path, thrown);
    }
  }
}

function readAuth(text: string, path: string): CodexAuth {
  const [item] = parseImport(text);
  const shape = Shape.safeParse(parseJson(text)).data;
  if (!shape) return { state: 'unreadable', reason: `${path} does not hold one JSON object` };
  if (shape.personal_access_token) return { state: 'personalToken', text, account: item?.ok ? item : null };
  if (item?.ok) return { state: 'login', text, account: item };
  if (shape.OPENAI_API_KEY) return { state: 'apiKey', text, account: null };
  return { state: 'unreadable', reason: `${path} holds no login: ${item?.reason ?? 'it is empty'}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where the bytes are, also when the link points at a file that is not there yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const pointed = await readlink(path).catch(() => null);
    return pointed === null ? path : resolve(dirname(path), pointed);
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the new name durable. Windows knows no such call for a folder. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function changedMeanwhile(path: string): AppError {
  return new AppError('conflict', `${path} was changed by another program in the meantime, and is left as it is. Look at it, then try again.`);
}

function notWritten(path: string, thrown: unknown): AppError {
  return new AppError(isCode(thrown, 'ENOSPC') ? 'diskFull' : 'forbidden', `${basename(path)} in ${dirname(path)} could not be written (${causeOf(thrown)}). Check the folder's permissions and free space, then try again.`, { cause: thrown });
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

function causeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown cause';
}
