import * as vscode from 'vscode';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../contract/account.ts';
import type { Result } from '../../contract/rpc.ts';
import { AppError } from '../../core/appError.ts';
import type { Mirror } from '../mirror.ts';
import { accountIdsOf, type RowModel } from '../views/rowModel.ts';
import { confirm } from '../notify.ts';
import { lookOf } from '../../core/display/accountState.ts';
import type { Run } from './register.ts';

/** A file that is larger is no export of accounts. */
const mostFileBytes = 50_000_000;

export interface AccountCommands { readonly importAccounts: Run; readonly enable: Run; readonly disable: Run; readonly remove: Run }

export function accountCommands(mirror: Mirror): AccountCommands {
  const setEnabled = (enabled: boolean): Run => async (rows) => {
    for (const { id } of await chosen(mirror, rows, enabled ? 'Enable which accounts?' : 'Pause which accounts?', (account) => account.enabled !== enabled)) {
      await mirror.call('account/update', { accountId: id, enabled });
    }
  };
  return {
    importAccounts: () => importAccounts(mirror),
    enable: setEnabled(true),
    disable: setEnabled(false),
    remove: async (rows) => {
      const accounts = await chosen(mirror, rows, 'Delete which accounts?', () => true);
      const [first] = accounts;
      if (!first) return;
      const what = accounts.length === 1 ? `the account ${first.label}` : `${accounts.length} accounts`;
      if (!(await confirm(`Delete ${what}?`, accounts.length === 1 ? 'Its login is removed from this computer.' : 'Their logins are removed from this computer.', 'Delete'))) return;
      for (const { id } of accounts) await mirror.call('account/delete', { accountId: id });
    },
  };
}

async function importAccounts(mirror: Mirror): Promise<void> {
  const files = await vscode.window.showOpenDialog({
    title: 'Import accounts from auth.json files', openLabel: 'Import', canSelectMany: true, filters: { 'JSON files': ['json', 'jsonl'], 'All files': ['*'] },
    defaultUri: vscode.Uri.file(startFolder()),
  });
  if (!files || files.length === 0) return;
  const result = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Importing ${files.length === 1 ? 'accounts' : `${files.length} files`}` }, async () => {
    const contents = await Promise.all(files.map(({ fsPath }) => readAccounts(fsPath)));
    return mirror.call('account/import', { contents });
  });
  await tellImport(result);
}

/** Where Codex CLI keeps its login. */
function startFolder(): string {
  const codex = process.env['CODEX_HOME'] ?? join(homedir(), '.codex');
  return existsSync(codex) ? codex : homedir();
}

async function readAccounts(path: string): Promise<string> {
  try {
    const text = await readFile(path);
    if (text.length > mostFileBytes) throw new AppError('tooLarge', `${path} is larger than 50 MB, so it is no file of accounts.`);
    return text.toString('utf8');
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('badRequest', `${path} cannot be read (${thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown cause'}). Nothing was imported.`, { cause: thrown });
  }
}

async function tellImport({ total, created, updated, failed, errors }: Result<'account/import'>): Promise<void> {
  if (total === 0) throw new AppError('badRequest', 'The files hold no accounts. Choose the auth.json of Codex CLI (in ~/.codex), or an export of CodexManager.');
  const counts = [created > 0 ? `${created} added` : null, updated > 0 ? `${updated} updated` : null, failed > 0 ? `${failed} failed` : null].filter((part) => part !== null).join(', ');
  if (failed === 0) return void vscode.window.showInformationMessage(`Accounts imported: ${counts}.`);
  const reasons = 'Show Reasons';
  if ((await vscode.window.showWarningMessage(`Accounts imported: ${counts}.`, reasons)) !== reasons) return;
  const document = await vscode.workspace.openTextDocument({ content: errors.map(({ index, message }) => `Account ${index}: ${message}`).join('\n'), language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: true });
}

/** The accounts of the selected rows, else the ones a person picks. */
async function chosen(mirror: Mirror, rows: readonly RowModel[], title: string, fits: (account: Account) => boolean): Promise<readonly Account[]> {
  const accounts = mirror.snapshot.accounts ?? [];
  const ids = accountIdsOf(rows);
  if (rows.length > 0) return accounts.filter((account) => ids.has(account.id) && fits(account));
  const fitting = accounts.filter(fits);
  if (fitting.length === 0) throw new AppError('notFound', accounts.length === 0 ? 'There are no accounts yet. Import one first.' : 'There is no account this could be done to.');
  const picked = await vscode.window.showQuickPick(fitting.map((account) => ({ label: account.label, description: lookOf(account.status).word, account })), { title, canPickMany: true, placeHolder: 'Accounts' });
  return (picked ?? []).map(({ account }) => account);
}
