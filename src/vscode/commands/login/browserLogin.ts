import * as vscode from 'vscode';
import type { Account } from '../../../contract/account.ts';
import type { LoginStarted, LoginStatus } from '../../../contract/login.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel, withoutLinks } from '../../notify.ts';
import { askForAddress } from './askForAddress.ts';
import { callbackIsReachable } from './signInAddress.ts';
import { waitForLogin } from './waitForLogin.ts';

/**
 * Opens the provider's page and waits until the browser came back to the engine, or the address it ended on was pasted, whichever comes first. Rejects with
 * `cancelled` when the person gave it up.
 */
export async function signInByBrowser(mirror: Mirror, account: Account | null): Promise<LoginStatus> {
  const started = await mirror.call('account/login/start', { openBrowser: false, ...(account && { accountId: account.id }) });
  const title = account === null ? 'Signing in with ChatGPT' : withoutLinks(`Signing in to ${account.label}`);
  return withCancel(title, async (report, signal) => {
    const ended = new AbortController();
    try {
      report('waiting for the browser');
      const reachable = callbackIsReachable(await placeOf(started));
      if (started.warning !== null) void tell('warning', started.warning);
      await openPage(started.authUrl);
      if (!reachable && !signal.aborted) void askForAddress(mirror, AbortSignal.any([ended.signal, signal]));
      return await waitForLogin(mirror, started.loginId, signal);
    } finally {
      ended.abort();
    }
  });
}

/** How the browser sees the callback. Asking makes VS Code forward its port where the engine runs on a remote machine. */
async function placeOf({ redirectUri, warning }: LoginStarted) {
  const externalUri = await Promise.resolve(vscode.env.asExternalUri(vscode.Uri.parse(redirectUri))).then((uri) => uri.toString(true), () => null);
  const extension = vscode.extensions.getExtension('codexmanager.codexmanager');
  return {
    redirectUri, warning, externalUri, web: vscode.env.uiKind === vscode.UIKind.Web,
    remoteHost: vscode.env.remoteName !== undefined && extension?.extensionKind === vscode.ExtensionKind.Workspace,
  };
}

/** A person may refuse to have it opened, to use another browser: the login goes on, and the link is theirs. */
async function openPage(authUrl: string): Promise<void> {
  if (await vscode.env.openExternal(vscode.Uri.parse(authUrl))) return;
  const offer = async (): Promise<void> => {
    const pressed = await tell('info', 'The sign-in page was not opened. Open it in any browser of this computer; the sign-in goes on until you cancel it.', 'Copy Link', 'Open Page');
    if (pressed === 'Copy Link') await vscode.env.clipboard.writeText(authUrl);
    if (pressed === 'Open Page') await openPage(authUrl);
  };
  void offer();
}
