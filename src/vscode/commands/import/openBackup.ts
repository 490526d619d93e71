import * as vscode from 'vscode';
import type { ImportStatus } from '../../../contract/importJob.ts';
import type { Mirror } from '../../mirror.ts';
import { followImport } from './followImport.ts';

/** Asks for the passphrase until it opens the backup. Null when it was given up. */
export async function openBackup(mirror: Mirror, locked: ImportStatus): Promise<ImportStatus | null> {
  for (let status = locked; ;) {
    const passphrase = await askPassphrase(status.message ?? 'This backup opens with its passphrase.');
    if (passphrase === undefined) return null;
    status = await mirror.call('account/import/commit', { importId: locked.importId, passphrase });
    if (status.state !== 'passphraseNeeded') return status.state === 'reading' ? followImport(mirror, 'Opening the backup', status) : status;
  }
}

function askPassphrase(prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Restore a Backup', prompt, placeHolder: 'passphrase', password: true, ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? { message: prompt, severity: vscode.InputBoxValidationSeverity.Info } : null),
  });
}
