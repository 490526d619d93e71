import { accountOf } from '../../core/importAccounts.ts';
import { readBackupLine, readEnvelope } from '../../core/backupFormat.ts';
import { openBackup } from '../exports/backupCipher.ts';
import type { LockedBackup, SourceReader } from './readSources.ts';

/**
 * Opens every backup that was read. Null when none is left closed, else what a person has to know to open it. One that cannot be opened at all is told as a
 * failure. Rejects with `cancelled` when the signal fires.
 */
export async function openBackups(reader: SourceReader, passphrase: string | undefined, signal: AbortSignal): Promise<string | null> {
  const { locked } = reader.findings;
  let closed: string | null = null;
  for (const backup of locked.splice(0)) {
    const problem = await open(reader, backup, passphrase, signal);
    if (problem === null) continue;
    locked.push(backup);
    closed ??= problem;
  }
  return closed;
}

async function open(reader: SourceReader, { file, text }: LockedBackup, passphrase: string | undefined, signal: AbortSignal): Promise<string | null> {
  const envelope = readEnvelope(text);
  if (typeof envelope === 'string') {
    await reader.reject(file, envelope);
    return null;
  }
  if (passphrase === undefined || passphrase === '') return `${file} is an encrypted backup. Its passphrase opens it.`;
  const lines = await openBackup(envelope, passphrase, signal);
  if (lines === null) return `The passphrase is wrong, or ${file} is damaged.`;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const position = `${number}:1`;
    const read = readBackupLine(line);
    if (typeof read === 'string') await reader.take(file, { ok: false, position, reason: read });
    else if ('key' in read) reader.findings.keys.push(read);
    else await reader.take(file, accountOf(read.account, position));
  }
  return null;
}
