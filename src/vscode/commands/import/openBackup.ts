import type { ImportStatus } from '../../../contract/importJob.ts';
import type { Mirror } from '../../mirror.ts';
import { askText } from '../steps.ts';
import { followImport } from './followImport.ts';

/** Asks for the passphrase until it opens the backup. Null when it was given up. */
export async function openBackup(mirror: Mirror, locked: ImportStatus): Promise<ImportStatus | null> {
  for (let status = locked; ;) {
    const answer = await askText({
      title: 'Restore a Backup', step: 1, total: 1, prompt: status.message ?? 'This backup opens with its passphrase.', placeholder: 'passphrase', value: '', password: true,
      problem: (text) => (text === '' ? 'Write the passphrase of the backup.' : null),
    });
    if (answer.kind !== 'value') return null;
    status = await mirror.call('account/import/commit', { importId: locked.importId, passphrase: answer.value });
    if (status.state !== 'passphraseNeeded') return status.state === 'reading' ? followImport(mirror, 'Opening the backup', status) : status;
  }
}
