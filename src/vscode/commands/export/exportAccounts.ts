import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../../contract/account.ts';
import type { ExportStart } from '../../../contract/transfer.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { tell } from '../../notify.ts';
import { idsOf, nameThem } from '../chosen.ts';

const oneEach = 'One File Each…';
const oneFile = 'One File…';

/** Warns in the words of what the files are, asks where they go, writes them. Ends without a word when it is given up. */
export async function exportAccounts(mirror: Mirror, accounts: readonly Account[]): Promise<void> {
  if (accounts.length === 0) return;
  const [its, login] = accounts.length === 1 ? ['its', 'login'] : ['their', 'logins'];
  const way = await vscode.window.showWarningMessage(`Export ${nameThem(accounts)}?`, {
    modal: true, detail: `The files hold ${its} ${login}, not encrypted: whoever has them can use these accounts. A login renews itself in one place only, so do not go on using it both here and elsewhere.`,
  }, ...(accounts.length === 1 ? [oneFile] : [oneEach, oneFile]));
  if (way === undefined) return;
  const target = await (way === oneEach ? askFolder() : askFile(accounts));
  if (!target) return;
  const { count, paths, skipped } = await mirror.call('account/export', { accountIds: idsOf(accounts), ...target });
  const what = count === 1 ? '1 account' : `${count.toLocaleString('en')} accounts`;
  const leftOut = skipped === 0 ? '' : ` ${skipped.toLocaleString('en')} left out: their logins cannot be read, sign in to them again first.`;
  await tellWhere(`${what} exported to ${target.folder ?? target.file}.${leftOut}`, paths[0] ?? '');
}

async function askFolder(): Promise<Pick<ExportStart, 'folder' | 'file'> | null> {
  const [folder] = (await vscode.window.showOpenDialog({ title: 'Export into which folder?', openLabel: 'Export', canSelectFiles: false, canSelectFolders: true, defaultUri: vscode.Uri.file(homedir()) })) ?? [];
  return folder ? { folder: localPath(folder) } : null;
}

async function askFile(accounts: readonly Account[]): Promise<Pick<ExportStart, 'folder' | 'file'> | null> {
  const name = accounts.length === 1 ? 'auth.json' : 'codexmanager-accounts.json';
  const file = await vscode.window.showSaveDialog({ title: 'Export into which file?', saveLabel: 'Export', filters: { 'JSON files': ['json'] }, defaultUri: vscode.Uri.file(join(homedir(), name)) });
  return file ? { file: localPath(file) } : null;
}

/** The engine writes itself, on the computer it runs on. Rejects a place elsewhere. */
export function localPath(uri: vscode.Uri): string {
  if (uri.scheme !== 'file') throw new AppError('unsupported', `${uri.path} is on another machine. Choose a place on the computer CodexManager runs on.`);
  return uri.fsPath;
}

/** Says where something was written, with a button that goes there. */
export async function tellWhere(message: string, path: string): Promise<void> {
  const web = vscode.env.uiKind === vscode.UIKind.Web;
  const button = web ? 'Copy Path' : 'Open Folder';
  if ((await tell('info', message, button)) === undefined) return;
  if (web) await vscode.env.clipboard.writeText(path);
  else await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path));
}
