import * as vscode from 'vscode';
import type { Disposable } from '../core/scope.ts';
import { commands, settings } from './ids.ts';
import { keepDrawn, type Changes } from './keepDrawn.ts';
import type { Mirror } from './mirror.ts';
import { readStatusShow } from './settings.ts';
import { Today } from './today.ts';
import { nextDrawing } from './views/nextDrawing.ts';
import { statusModel } from './views/statusModel.ts';
import { tooltipCommands } from './views/statusTooltip.ts';

/** The text changes at most this often, ms. */
const restMs = 1_000;
const backgrounds = { plain: undefined, warning: 'statusBarItem.warningBackground', error: 'statusBarItem.errorBackground' } as const;

/** One item that says what is left. `isLooking`: whether a person looks at this window. */
export function registerStatusBar(mirror: Mirror, isLooking: () => boolean): Disposable {
  const item = vscode.window.createStatusBarItem('codexmanager.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'CodexManager';
  item.command = commands.openDashboard;
  const today = new Today(() => mirror.call('requestlog/today_summary'));
  let until: number | null = null;
  const drawn = keepDrawn([mirror, today, showSetting], restMs, () => {
    const show = readStatusShow(vscode.workspace.getConfiguration(settings.section));
    until = null;
    if (show === 'hidden') return item.hide();
    const now = Date.now();
    if (isLooking()) today.look(mirror.snapshot, now);
    const model = statusModel(mirror.snapshot, { now, locale: vscode.env.language }, { show, today: today.summary });
    ({ until } = model);
    const { text, tooltip, spoken, look } = model;
    item.text = text;
    item.accessibilityInformation = { label: spoken };
    const markdown = new vscode.MarkdownString(tooltip, true);
    markdown.isTrusted = { enabledCommands: tooltipCommands };
    item.tooltip = markdown;
    const background = backgrounds[look];
    item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    item.show();
  }, () => nextDrawing(until, Date.now()));
  return {
    dispose: () => {
      void drawn.dispose();
      item.dispose();
    },
  };
}

const showSetting: Changes = {
  onChange: (listener) => vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${settings.section}.${settings.statusBarShow}`)) listener();
  }),
};
