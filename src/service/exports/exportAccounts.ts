import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { ExportStart } from '../../contract/transfer.ts';
import type { Log } from '../../core/logger.ts';
import type { StoredAccount } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import { exportedAccount, fileNameOf, withSorts } from '../../core/exportAccounts.ts';
import type { AccountPool } from '../accountPool.ts';
import { Slices } from '../slices.ts';
import { notWritten, syncFolder, takeName, writeSecret, writeSecretFile } from './writeSecretFile.ts';

/** An import takes no larger file, in bytes. */
const mostBytes = 33_554_432;
/** The wait for the disk is most of it. */
const filesAtOnce = 8;

export interface Exported { readonly count: number; readonly paths: string[]; readonly skipped: number }

/** Writes accounts out as files that Codex CLI and this extension can read. `skipped` are those whose tokens cannot be read. Rejects with an AppError. */
export async function exportAccounts(pool: AccountPool, log: Log, { accountIds, folder, file }: ExportStart): Promise<Exported> {
  const place = folder ?? file;
  if (place === undefined || (folder !== undefined && file !== undefined)) throw new AppError('badRequest', 'An export needs one place: a folder, or a file.');
  if (!isAbsolute(place)) throw new AppError('badRequest', `${place} is not an absolute path.`);
  const chosen = chosenOf(pool, accountIds);
  const logins = withSorts(chosen).flatMap(({ stored, sort }) => {
    const login = exportedAccount(stored, sort);
    return login ? [{ label: stored.account.label, login }] : [];
  });
  if (logins.length === 0) throw new AppError('notFound', chosen.length === 0 ? 'There are no accounts to export.' : 'The tokens of these accounts cannot be read; log in again first.');
  const paths = folder === undefined ? await toFile(place, logins) : await toFolder(place, logins);
  log('info', `${logins.length} accounts were exported to ${place}.`);
  return { count: logins.length, paths, skipped: chosen.length - logins.length };
}

interface Login { readonly label: string; readonly login: Record<string, unknown> }

function chosenOf(pool: AccountPool, accountIds: ExportStart['accountIds']): readonly StoredAccount[] {
  if (accountIds === undefined) return pool.list();
  const missing = accountIds.find((id) => !pool.find(id));
  if (missing !== undefined) throw new AppError('notFound', `There is no account ${missing}. It may have been deleted.`);
  const ids = new Set(accountIds);
  return pool.list().filter(({ account }) => ids.has(account.id));
}

async function toFile(path: string, logins: readonly Login[]): Promise<string[]> {
  await writeSecretFile(path, arrayOf(logins));
  return [path];
}

/** One account a line, so that a person can look at it. */
async function* arrayOf(logins: readonly Login[]): AsyncGenerator<string, void, void> {
  const slices = new Slices();
  let text = '[\n';
  let bytes = 4;
  for (const [index, { login }] of logins.entries()) {
    const line = `${index === 0 ? '' : ',\n'}${JSON.stringify(login)}`;
    bytes += Buffer.byteLength(line);
    if (bytes > mostBytes) throw new AppError('tooLarge', 'These accounts do not fit into one file of 32 MiB, which is the most an import takes. Export them into a folder, or fewer at a time.');
    text += line;
    if (!slices.due) continue;
    yield text;
    text = '';
    await slices.rest();
  }
  yield `${text}\n]\n`;
}

/** All files, or none of them. */
async function toFolder(folder: string, logins: readonly Login[]): Promise<string[]> {
  await mkdir(folder, { mode: 0o700 }).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw notWritten(folder, thrown);
  });
  const paths = new Map<number, string>();
  const taken = new Set<string>();
  const queue = logins.entries();
  const write = async (): Promise<void> => {
    for (const [index, { label, login }] of queue) {
      const path = await takeName(folder, fileNameOf(label), '.json', taken);
      paths.set(index, path);
      await writeSecret(path, [`${JSON.stringify(login, null, 2)}\n`]);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: filesAtOnce }, write));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return syncFolder(folder).then(() => [...paths].sort(([a], [b]) => a - b).map(([, path]) => path));
  for (const path of paths.values()) await rm(path, { force: true }).catch(() => undefined);
  throw failed.reason;
}
