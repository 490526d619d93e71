import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../core/appError.ts';

/**
 * Writes a file that holds credentials: 0600, whole or not at all, on disk when this resolves. A file of that name is replaced. Rejects with an AppError that
 * says what is in the way.
 */
export async function writeSecretFile(path: string, parts: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await writeSecret(path, parts);
  await syncFolder(dirname(path)).catch((thrown: unknown) => {
    throw notWritten(path, thrown);
  });
}

/** The same without the last step, syncFolder(), which many files in one folder need only once. */
export async function writeSecret(path: string, parts: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const half = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(half, 'wx', 0o600);
    try {
      for await (const part of parts) await file.appendFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(half, path);
  } catch (thrown) {
    await rm(half, { force: true }).catch(() => undefined);
    throw notWritten(path, thrown);
  }
}

/** Takes a name for writeSecret, so that nothing that is there is replaced: `name.json`, else `name-2.json`, … Resolves to its path. */
export async function takeName(folder: string, name: string, ending: string, taken: Set<string>): Promise<string> {
  for (let count = 1; ; count += 1) {
    const candidate = `${name}${count === 1 ? '' : `-${count}`}${ending}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    const path = join(folder, candidate);
    try {
      await (await open(path, 'wx', 0o600)).close();
      return path;
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw notWritten(path, thrown);
    }
  }
}

/** Makes new names durable. Windows knows no such call for a folder. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a person can do about a file that could not be written. */
export function notWritten(path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = codeOf(thrown);
  const folder = dirname(path);
  switch (code) {
    case 'ENOENT': return new AppError('notFound', `The folder ${folder} does not exist. Create it, or choose another one.`, { cause: thrown });
    case 'ENOSPC': case 'EDQUOT': return new AppError('diskFull', `There is no space left for ${path}. Free some, or choose another disk.`, { cause: thrown });
    case 'EACCES': case 'EPERM': case 'EROFS': return new AppError('forbidden', `${path} may not be written (${code}). Choose another folder, or change its permissions.`, { cause: thrown });
    default: return new AppError('badRequest', `${path} could not be written (${code}). Choose another place.`, { cause: thrown });
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown cause';
}
