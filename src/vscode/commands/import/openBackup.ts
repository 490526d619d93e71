import * as vscode from 'vscode';
import type { ImportStatus } from '../../../contract/importJob.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { followImport } from './followImport.ts';

/** Asks for the passphrase until it opens the backup. Null when it was given up. */
export async function openBackup(mirror: Mirror, locked: ImportStatus): Promise<ImportStatus | null> {
  for (let status = locked, wrong = ''; ;) {
    const passphrase = await askPassphrase(wrong);
    if (passphrase === undefined) return null;
    try {
      status = await followImport(mirror, 'Opening the backup', await mirror.call('account/import/commit', { importId: status.importId, passphrase }));
      if (status.state !== 'passphraseNeeded') return status;
      wrong = status.message ?? 'This passphrase does not open the backup.';
    } catch (thrown) {
      const { code, message } = AppError.from(thrown);
      if (code !== 'unauthorized' && code !== 'forbidden' && code !== 'badRequest') throw thrown;
      wrong = message;
    }
  }
}

function askPassphrase(wrong: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Restore a Backup', prompt: wrong === '' ? 'Passphrase of the backup' : `${wrong} Passphrase of the backup`, password: true, ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? { message: 'The backup was encrypted with a passphrase.', severity: vscode.InputBoxValidationSeverity.Info } : null),
  });
}
