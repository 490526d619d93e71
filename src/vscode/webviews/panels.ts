import * as vscode from 'vscode';
import { Scope, type Disposable } from '../../core/scope.ts';
import type { Mirror } from '../mirror.ts';
import { Bridge } from './bridge.ts';
import { pageHtml, type Page } from './html.ts';

const titles: Readonly<Record<Page, string>> = { dashboard: 'CodexManager Dashboard', logs: 'CodexManager Logs' };

export interface Panels extends Disposable {
  open(page: Page): void;
  /** What the Logs page searches for, or searched for last. */
  readonly logQuery: string;
}

/** One panel per page. A hidden one is destroyed and asks anew when it is shown; one that was open at a reload comes back. */
export function registerPanels(extensionUri: vscode.Uri, mirror: Mirror): Panels {
  const scope = new Scope();
  const open = new Map<Page, vscode.WebviewPanel>();
  let logQuery = '';
  const fill = (page: Page, panel: vscode.WebviewPanel): void => {
    open.set(page, panel);
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    const bridge = new Bridge(mirror, { post: (message) => void panel.webview.postMessage(message), copy: (text) => void vscode.env.clipboard.writeText(text), isVisible: () => panel.visible, searched: (query) => void (page === 'logs' && (logQuery = query)) });
    const received = panel.webview.onDidReceiveMessage(bridge.receive);
    panel.onDidDispose(() => {
      open.delete(page);
      received.dispose();
      void bridge.dispose();
    });
    panel.webview.html = pageHtml(panel.webview, extensionUri, page);
  };
  for (const page of ['dashboard', 'logs'] as const) {
    scope.own(vscode.window.registerWebviewPanelSerializer(typeOf(page), {
      deserializeWebviewPanel: (panel) => Promise.resolve(fill(page, panel)),
    }));
  }
  return {
    get logQuery() { return logQuery; },
    open: (page) => {
      const shown = open.get(page);
      if (shown) shown.reveal();
      else fill(page, vscode.window.createWebviewPanel(typeOf(page), titles[page], vscode.ViewColumn.Active));
    },
    dispose: async () => {
      for (const panel of [...open.values()]) panel.dispose();
      await scope.dispose();
    },
  };
}

function typeOf(page: Page): string {
  return `codexmanager.${page}`;
}
