import * as vscode from 'vscode';
import type { Account } from '../../../contract/account.ts';
import type { DeviceLogin, LoginStatus } from '../../../contract/login.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel, withoutLinks } from '../../notify.ts';
import { codeText, pageName } from './loginText.ts';
import { waitForLogin } from './waitForLogin.ts';

/** The remaining time is looked at this often, ms; it is said anew only when its words change. */
const tickMs = 5_000;

/** Shows a code to type on the provider's page, on any device, and waits for it. Rejects with `cancelled` when the person gave it up. */
export async function signInByDevice(mirror: Mirror, account: Account | null): Promise<LoginStatus> {
  const { loginId, device } = await mirror.call('account/login/start', { type: 'device', openBrowser: false, ...(account && { accountId: account.id }) });
  if (!device) throw new AppError('upstream', 'The provider offered no device code. Sign in with the browser instead.');
  const title = account === null ? 'Signing in with a device code' : withoutLinks(`Signing in to ${account.label} with a device code`);
  return withCancel(title, async (report, signal) => {
    let shown = '';
    const show = (): void => {
      const text = codeText(device, Date.now());
      if (text !== shown) report(text);
      shown = text;
    };
    const tick = setInterval(show, tickMs);
    show();
    void offer(device);
    try {
      return await waitForLogin(mirror, loginId, signal);
    } finally {
      clearInterval(tick);
    }
  });
}

/** The code reaches the clipboard only when somebody asks for it. */
async function offer(device: DeviceLogin): Promise<void> {
  const open = 'Copy Code and Open Page';
  const pressed = await tell('info', `Your sign-in code is ${device.userCode}. Enter it on ${pageName(device.verificationUrl)}, on this or any other device. Never give it to anyone.`, open, 'Copy Code');
  if (pressed === undefined) return;
  await vscode.env.clipboard.writeText(device.userCode);
  if (pressed === open) await vscode.env.openExternal(vscode.Uri.parse(device.verificationUrl));
}
