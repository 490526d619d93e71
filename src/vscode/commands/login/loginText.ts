import type { DeviceLogin, LoginStatus } from '../../../contract/login.ts';
import { countdownText } from '../../../core/display/format.ts';

export interface LoginText { readonly severity: 'info' | 'warning' | 'error'; readonly message: string }

/** What a login that ended is told as. `label`: the account that signed in; `wanted`: the account that was to, if it was a certain one. */
export function loginText({ status, error, created, otherAccount }: LoginStatus, label: string, wanted: string | null): LoginText {
  if (status !== 'success') {
    const reason = error ?? (status === 'unknown' ? 'CodexManager no longer knows this sign-in; it may have been restarted.' : 'The sign-in failed; the provider gave no reason.');
    return { severity: 'error', message: `${wanted === null ? '' : `Signing in to ${wanted} failed. `}${sentence(reason)}` };
  }
  if (otherAccount && wanted !== null) {
    return { severity: 'warning', message: `You signed in as ${label}, which is another account${created ? ' and was added' : ''}: ${wanted} still needs you. In the browser, choose ${wanted}.` };
  }
  return { severity: 'info', message: created ? `Signed in as ${label}. The account was added.` : `Signed in as ${label}. Its login was renewed; what you set on it stays.` };
}

/** `enter ABCD-12345 on auth.openai.com/codex/device (14m left)`, the page a link of a notification. `now` in Unix ms. */
export function codeText({ userCode, verificationUrl, expiresAt }: DeviceLogin, now: number): string {
  return `enter ${userCode} on [${pageName(verificationUrl)}](${verificationUrl}) (${countdownText(expiresAt, now)} left)`;
}

export function pageName(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
