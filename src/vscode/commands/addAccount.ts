import * as vscode from 'vscode';
import { commands, type CommandId } from '../ids.ts';
import type { Mirror } from '../mirror.ts';

interface Way extends vscode.QuickPickItem { readonly command?: CommandId }

/** Every way an account can come in, one below the other. */
export async function addAccount(mirror: Mirror): Promise<void> {
  const codex = await codexWay(mirror);
  const ways: readonly Way[] = [
    { label: 'Sign in', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(globe) Sign In with ChatGPT', description: 'opens the browser', command: commands.signIn },
    { label: '$(device-mobile) Sign In with a Device Code', description: 'on this or another device', command: commands.signInDevice },
    { label: 'Import', kind: vscode.QuickPickItemKind.Separator },
    ...(codex ? [codex] : []),
    { label: '$(file) Import Files', description: 'auth.json and exports', command: commands.importFiles },
    { label: '$(folder) Import a Folder', description: 'and everything below it', command: commands.importFolder },
    { label: '$(clippy) Import from Clipboard', description: 'copied JSON', command: commands.importClipboard },
    { label: '$(archive) Restore a Backup', description: 'encrypted with a passphrase', command: commands.restoreBackup },
  ];
  const way = await vscode.window.showQuickPick(ways, { title: 'Add Account', placeHolder: 'Where does the account come from?', matchOnDescription: true });
  if (way?.command !== undefined) await vscode.commands.executeCommand(way.command);
}

/** Absent when Codex CLI has no ChatGPT login that can be read. */
async function codexWay(mirror: Mirror): Promise<Way | null> {
  const { state, email, accountId } = await mirror.call('account/codexLogin').catch(() => ({ state: 'unreadable', email: null, accountId: null }));
  if (state !== 'login' && state !== 'personalToken') return null;
  const there = accountId === null ? null : 'already here, updates it';
  return { label: '$(terminal) Import the Account Codex CLI Uses Now', description: [email, there].filter((part) => part !== null).join(' · '), command: commands.importCodex };
}
