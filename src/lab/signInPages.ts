import type { ServerResponse } from 'node:http';
import type { LabAccount } from './labAccount.ts';

const style = 'body { font: 16px/1.5 system-ui, sans-serif; max-width: 420px; margin: 10vh auto; padding: 0 16px; color-scheme: light dark; } form { display: grid; gap: 8px; } button, input { font: inherit; padding: 8px; }';

/** The page on which a person chooses as whom to sign in; `query` is what the authorize request came with. */
export function sendSignInPage(response: ServerResponse, accounts: readonly LabAccount[], query: URLSearchParams): void {
  const kept = [...query].filter(([name]) => name !== 'lab_page').map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join('');
  sendPage(response, 200, 'Sign in to CodexManager Lab', `<form action="/oauth/authorize/decide">${kept}${accountButtons(accounts)}<button name="deny" value="1">Cancel</button></form>`);
}

/** The page on which a person enters a device code. `problem` says why the last try did not do. */
export function sendDevicePage(response: ServerResponse, accounts: readonly LabAccount[], problem: string | null = null): void {
  const note = problem === null ? '' : `<p role="alert">${escape(problem)}</p>`;
  sendPage(response, problem === null ? 200 : 400, 'Enter your device code', `${note}<form method="post" action="/codex/device"><label>Code <input name="user_code" autocomplete="off" required></label>${accountButtons(accounts)}<button name="deny" value="1">Deny</button></form>`);
}

export function sendNotePage(response: ServerResponse, text: string): void {
  sendPage(response, 200, text, '<p>You can close this page.</p>');
}

function accountButtons(accounts: readonly LabAccount[]): string {
  return accounts.map(({ settings }) => `<button name="as" value="${escape(settings.email)}">Continue as ${escape(settings.email)}</button>`).join('');
}

function sendPage(response: ServerResponse, status: number, title: string, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    .end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title><style>${style}</style></head><body><main><h1>${escape(title)}</h1>${body}</main></body></html>`);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
