import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** A file that may hold accounts, or why a path leads to none. */
export type ListedFile = { readonly path: string } | { readonly path: string; readonly problem: string };

/** As many files are read in one import. */
const mostFiles = 100_000;
const accountFile = /\.(json|jsonl|ndjson|txt)$/i;

/**
 * The files behind some paths: files as they are named, folders recursively, in the order of their names, without what is hidden. A folder is visited once,
 * whatever links lead to it. Never throws but for the signal.
 */
export async function* listFiles(paths: readonly string[], signal: AbortSignal): AsyncGenerator<ListedFile, void, void> {
  const seen = new Set<string>();
  let count = 0;
  for (const path of paths) {
    for await (const listed of listPath(path, seen, signal)) {
      count += 1;
      if (count > mostFiles) return yield { path, problem: `there are more than ${mostFiles.toLocaleString('en')} files; the rest was left out` };
      yield listed;
    }
  }
}

async function* listPath(path: string, seen: Set<string>, signal: AbortSignal): AsyncGenerator<ListedFile, void, void> {
  if (!isAbsolute(path)) return yield { path, problem: 'this is not an absolute path' };
  const found = await statOf(path);
  if (typeof found === 'string') return yield { path, problem: found };
  if (found.isDirectory()) return yield* listFolder(path, seen, signal);
  yield found.isFile() ? { path } : { path, problem: 'this is neither a file nor a folder' };
}

async function* listFolder(folder: string, seen: Set<string>, signal: AbortSignal): AsyncGenerator<ListedFile, void, void> {
  signal.throwIfAborted();
  let entries: Dirent[];
  try {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (thrown) {
    return yield { path: folder, problem: `the folder cannot be read (${causeOf(thrown)})` };
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await statOf(path) : entry;
    if (typeof kind === 'string') {
      if (accountFile.test(entry.name)) yield { path, problem: kind };
    } else if (kind.isDirectory()) {
      yield* listFolder(path, seen, signal);
    } else if (kind.isFile() && accountFile.test(entry.name)) {
      yield { path };
    }
  }
}

async function statOf(path: string): Promise<Stats | string> {
  try {
    return await stat(path);
  } catch (thrown) {
    return causeOf(thrown) === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${causeOf(thrown)})`;
  }
}

/** The system's name for a failure, such as `EACCES`. */
export function causeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown cause';
}
