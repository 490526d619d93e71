import * as vscode from 'vscode';
import type { Mirror } from '../../mirror.ts';
import { askForAddress } from './askForAddress.ts';
import { loginOfAddress } from './signInAddress.ts';
import { tellLogin } from './tellLogin.ts';
import { isWaitedFor } from './waitForLogin.ts';

/** Completes a browser login by hand; the clipboard's address stands in the box already. */
export async function pasteAddress(mirror: Mirror): Promise<void> {
  const clipboard = await vscode.env.clipboard.readText();
  const address = await askForAddress(mirror, new AbortController().signal, loginOfAddress(clipboard) === null ? '' : clipboard.trim());
  const loginId = address === null ? null : loginOfAddress(address);
  // Whoever waits for this login in this window tells what became of it.
  if (loginId === null || isWaitedFor(loginId)) return;
  await tellLogin(mirror, await mirror.call('account/login/status', { loginId }), 'browser', null);
}
