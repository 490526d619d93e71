import * as vscode from 'vscode';
import type { ImportStart } from '../../../contract/importJob.ts';
import { AppError } from '../../../core/appError.ts';

/** A file that is larger is no file of accounts. */
const mostFileBytes = 50_000_000;

type Source = NonNullable<ImportStart['sources']>[number];

/** What to import from these places: the engine reads files of this computer itself; those of a remote machine are read through VS Code. */
export async function sourcesOf(uris: readonly vscode.Uri[]): Promise<ImportStart> {
  const local = uris.filter(({ scheme }) => scheme === 'file');
  const remote = await Promise.all(uris.filter(({ scheme }) => scheme !== 'file').map(readTree));
  return { ...(local.length > 0 && { paths: local.map(({ fsPath }) => fsPath) }), ...(remote.length > 0 && { sources: remote.flat() }) };
}

/** One file's text, as a source under its name. Rejects when it is too large to hold accounts. */
export function textSource(name: string, bytes: Uint8Array): Source {
  if (bytes.length > mostFileBytes) throw new AppError('tooLarge', `${name} is larger than 50 MB, so it is no file of accounts.`);
  return { name, text: new TextDecoder().decode(bytes) };
}

/** The file itself, or every JSON file in the folder and below. */
async function readTree(uri: vscode.Uri): Promise<Source[]> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) === 0) return [textSource(uri.path, await vscode.workspace.fs.readFile(uri))];
    const entries = await vscode.workspace.fs.readDirectory(uri);
    const inside = entries.filter(([name, kind]) => kind === vscode.FileType.Directory || (kind === vscode.FileType.File && /\.(json|jsonl|txt)$/i.test(name)));
    return (await Promise.all(inside.map(([name]) => readTree(vscode.Uri.joinPath(uri, name))))).flat();
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('badRequest', `${uri.path} cannot be read (${thrown instanceof Error ? thrown.message : 'unknown cause'}). Nothing was imported.`, { cause: thrown });
  }
}
