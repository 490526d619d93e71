import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Mirror } from '../../mirror.ts';
import { askText } from '../steps.ts';
import { localPath, tellWhere } from './exportAccounts.ts';

const title = 'Back Up Pool';
const fewestLetters = 8;

/** Passphrase twice, then the place; writes every account and platform key, encrypted. */
export async function backUpPool(mirror: Mirror): Promise<void> {
  const passphrase = await askPassphrase();
  if (passphrase === null) return;
  const name = `codexmanager-backup-${new Date().toISOString().slice(0, 10)}.json`;
  const file = await vscode.window.showSaveDialog({ title, saveLabel: 'Back Up', defaultUri: vscode.Uri.file(join(homedir(), name)), filters: { 'JSON files': ['json'] } });
  if (!file) return;
  const { path, accounts, keys } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => mirror.call('backup/create', { file: localPath(file), passphrase }));
  await tellWhere(`Backed up ${count(accounts, 'account')} and ${count(keys, 'platform key')} to ${path}. Without the passphrase nobody can open it, you neither.`, path);
}

async function askPassphrase(): Promise<string | null> {
  for (;;) {
    const first = await askText({
      title, step: 1, total: 2, prompt: 'Passphrase that encrypts the backup. It is kept nowhere: without it the backup is lost.', placeholder: `at least ${fewestLetters} characters`, value: '', password: true,
      problem: (text) => (text.length < fewestLetters ? `At least ${fewestLetters} characters.` : null),
    });
    if (first.kind !== 'value') return null;
    const second = await askText({ title, step: 2, total: 2, prompt: 'The same passphrase once more', placeholder: '', value: '', password: true, problem: (text) => (text === first.value ? null : 'This is not what you wrote before.') });
    if (second.kind === 'value') return first.value;
    if (second.kind === 'cancelled') return null;
  }
}

function count(many: number, what: string): string {
  return `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`;
}
