import * as vscode from 'vscode';
import type { Disposable } from '../core/scope.ts';

const scheme = 'codexmanager-text';
const texts = new Map<string, string>();
let shown = 0;

/** Opens a text to read through and copy from: an editor that never asks to be saved. `title` is its tab's. */
export async function showText(title: string, content: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, path: `/${title}.txt`, query: String(shown += 1) });
  texts.set(uri.toString(), content);
  await vscode.window.showTextDocument(uri, { preview: true });
}

/** Serves the texts while they are open. */
export function registerTexts(): Disposable {
  const parts = [
    vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? 'This text is no longer there.' }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void texts.delete(uri.toString())),
  ];
  return { dispose: () => parts.forEach((part) => void part.dispose()) };
}
