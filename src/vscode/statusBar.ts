import * as vscode from 'vscode';
import type { Disposable } from '../core/scope.ts';
import type { Mirror } from './mirror.ts';
import { commands } from './ids.ts';
import { keepDrawn } from './keepDrawn.ts';
import { statusModel } from './views/statusModel.ts';

/** The text changes at most this often, ms. */
const restMs = 1_000;
const backgrounds = { plain: undefined, warning: 'statusBarItem.warningBackground', error: 'statusBarItem.errorBackground' } as const;

/** One item that says what is left. */
export function registerStatusBar(mirror: Mirror): Disposable {
  const item = vscode.window.createStatusBarItem('codexmanager.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'CodexManager';
  item.command = commands.openDashboard;
  const drawn = keepDrawn(mirror, restMs, () => {
    const { text, tooltip, spoken, look } = statusModel(mirror.snapshot, { now: Date.now(), locale: vscode.env.language });
    item.text = text;
    item.accessibilityInformation = { label: spoken };
    const markdown = new vscode.MarkdownString(tooltip, true);
    markdown.isTrusted = { enabledCommands: [commands.openDashboard, commands.openLogs, commands.copyAddress] };
    item.tooltip = markdown;
    const background = backgrounds[look];
    item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    item.show();
  });
  return {
    dispose: () => {
      void drawn.dispose();
      item.dispose();
    },
  };
}
