import * as vscode from 'vscode';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { addressProblem } from './signInAddress.ts';

/** Asks for the address the browser ended on and completes that login. Resolves with it, or null when the box was closed or `signal` came first. */
export async function askForAddress(mirror: Mirror, signal: AbortSignal, value = ''): Promise<string | null> {
  const input = vscode.window.createInputBox();
  Object.assign(input, {
    title: 'Sign In with ChatGPT', value, ignoreFocusOut: true, placeholder: 'http://localhost:1455/auth/callback?code=…&state=…',
    prompt: 'Finish in the browser. Only if it ends on a page that cannot be reached: paste the address of that page here',
  });
  const close = (): void => input.hide();
  signal.addEventListener('abort', close, { once: true });
  try {
    return await new Promise((resolve) => {
      input.onDidHide(() => resolve(null));
      input.onDidChangeValue((text) => void (input.validationMessage = text === '' ? undefined : addressProblem(text) ?? undefined));
      input.onDidAccept(() => void accept(mirror, input).then((address) => address !== null && resolve(address)));
      if (signal.aborted) resolve(null);
      else input.show();
    });
  } finally {
    signal.removeEventListener('abort', close);
    input.dispose();
  }
}

/** Null, and a word under the box, when it did not work. */
async function accept(mirror: Mirror, input: vscode.InputBox): Promise<string | null> {
  const address = input.value;
  const problem = addressProblem(address);
  input.validationMessage = problem ?? undefined;
  if (problem !== null) return null;
  Object.assign(input, { busy: true, enabled: false });
  try {
    await mirror.call('account/login/complete', { url: address });
    return address;
  } catch (thrown) {
    input.validationMessage = AppError.from(thrown).message;
    return null;
  } finally {
    Object.assign(input, { busy: false, enabled: true });
  }
}
