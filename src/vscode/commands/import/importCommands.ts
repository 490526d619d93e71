import * as vscode from 'vscode';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { AppError } from '../../../core/appError.ts';
import { codexHomeOf } from '../../../core/codexHome.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import type { Run } from '../register.ts';
import { sourcesOf } from './importSources.ts';
import { runImport } from './runImport.ts';

const jsonFiles = { 'Files of accounts': ['json', 'jsonl', 'txt'], 'All files': ['*'] };

/** Every way accounts come in from where they are already. */
export function importCommands(mirror: Mirror) {
  return {
    [commands.importFiles]: () => importChosen(mirror, { title: 'Import accounts from auth.json files', openLabel: 'Import', canSelectMany: true, filters: jsonFiles }),
    [commands.importFolder]: () => importChosen(mirror, { title: 'Import accounts from a folder', openLabel: 'Import', canSelectFiles: false, canSelectFolders: true }),
    [commands.restoreBackup]: () => importChosen(mirror, { title: 'Restore which backup file?', openLabel: 'Restore', filters: { 'JSON files': ['json'], 'All files': ['*'] }, defaultUri: vscode.Uri.file(homedir()) }),
    [commands.importClipboard]: () => importClipboard(mirror),
    [commands.importCodex]: () => importCodex(mirror),
  } satisfies Record<string, Run>;
}

async function importChosen(mirror: Mirror, options: vscode.OpenDialogOptions): Promise<void> {
  const uris = await vscode.window.showOpenDialog({ defaultUri: vscode.Uri.file(startFolder()), ...options });
  if (uris && uris.length > 0) await runImport(mirror, await sourcesOf(uris));
}

/** Where Codex CLI keeps its login. */
function startFolder(): string {
  const codex = codexHomeOf(process.env, homedir());
  return existsSync(codex) ? codex : homedir();
}

async function importClipboard(mirror: Mirror): Promise<void> {
  const text = await vscode.env.clipboard.readText();
  if (text.trim() === '') throw new AppError('badRequest', 'The clipboard holds no text. Copy the content of an auth.json or of an export first.');
  await runImport(mirror, { sources: [{ name: 'clipboard', text }] });
}

async function importCodex(mirror: Mirror): Promise<void> {
  const { state, path } = await mirror.call('account/codexLogin');
  if (state === 'none') throw new AppError('notFound', `Codex CLI is not signed in on this computer: there is no ${path}. Run “codex login” first, or sign in here.`);
  if (state === 'apiKey') throw new AppError('unsupported', `Codex CLI uses an API key (${path}), not a ChatGPT account. Sign in with ChatGPT instead.`);
  if (state === 'unreadable') throw new AppError('badRequest', `${path} cannot be read as a login of Codex CLI. Run “codex login” again, or sign in here.`);
  await runImport(mirror, { codexLogin: true });
}
