import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export type Page = 'dashboard' | 'logs';

/** The one page shell: a strict policy, one script, two sheets, and nothing of anybody else's in it. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const policy = `default-src 'none'; img-src ${webview.cspSource} data:; font-src ${webview.cspSource}; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; connect-src 'none'`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('codicon.css')}">
<link rel="stylesheet" href="${file(`${page}.css`)}">
<title>CodexManager</title>
</head>
<body><main id="page"></main><script nonce="${nonce}" src="${file(`${page}.js`)}"></script></body>
</html>`;
}
