import { isAbsolute } from 'node:path';
import type { Log } from '../../core/logger.ts';
import { AppError } from '../../core/appError.ts';
import { accountLine, keyLine } from '../../core/backupFormat.ts';
import { exportedAccount, withSorts } from '../../core/exportAccounts.ts';
import type { AccountPool } from '../accountPool.ts';
import type { KeyRing } from '../keyRing.ts';
import { Slices } from '../slices.ts';
import { sealBackup } from './backupCipher.ts';
import { writeSecretFile } from './writeSecretFile.ts';

export interface BackupDeps { readonly pool: AccountPool; readonly keys: KeyRing; readonly log: Log }
export interface BackedUp { readonly path: string; readonly accounts: number; readonly keys: number }

/** Writes the whole pool and every platform key into one encrypted file, which replaces a file of that name. Rejects with an AppError. */
export async function createBackup(deps: BackupDeps, path: string, passphrase: string): Promise<BackedUp> {
  if (!isAbsolute(path)) throw new AppError('badRequest', `${path} is not an absolute path.`);
  const counts = { accounts: 0, keys: 0 };
  await writeSecretFile(path, sealBackup(linesOf(deps, counts), passphrase));
  deps.log('info', `${counts.accounts} accounts and ${counts.keys} platform keys were backed up to ${path}.`);
  return { path, ...counts };
}

async function* linesOf({ pool, keys, log }: BackupDeps, counts: { accounts: number; keys: number }): AsyncGenerator<string, void, void> {
  const slices = new Slices();
  for (const { stored, sort } of withSorts(pool.list())) {
    const account = exportedAccount(stored, sort);
    if (account === null) continue;
    counts.accounts += 1;
    yield accountLine(account);
    if (slices.due) await slices.rest();
  }
  for (const key of keys.list()) {
    const secret = await keys.readSecret(key.id).catch((thrown: unknown) => {
      log('warn', `Platform key ${key.name ?? key.id} is not in the backup: ${AppError.from(thrown).message}`);
      return null;
    });
    if (secret === null) continue;
    counts.keys += 1;
    yield keyLine({ key, secret });
  }
}
