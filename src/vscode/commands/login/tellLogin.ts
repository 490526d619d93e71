import type { Account } from '../../../contract/account.ts';
import type { LoginStatus } from '../../../contract/login.ts';
import type { Mirror } from '../../mirror.ts';
import { tell } from '../../notify.ts';
import type { Way } from './signIn.ts';
import { loginText } from './loginText.ts';

const other = { browser: { way: 'device', button: 'Use a Device Code' }, device: { way: 'browser', button: 'Use the Browser' } } as const;

/** Says what became of a login. Resolves with the way to try next, or null when this is the end. */
export async function tellLogin(mirror: Mirror, status: LoginStatus, way: Way, account: Account | null): Promise<Way | null> {
  const { severity, message } = loginText(status, await labelOf(mirror, status), account?.label ?? null);
  if (severity === 'info') {
    void tell(severity, message);
    return null;
  }
  const { button, way: otherWay } = other[way];
  const pressed = await tell(severity, message, 'Try Again', button);
  return pressed === undefined ? null : pressed === 'Try Again' ? way : otherWay;
}

/** The name of the account that signed in; it may be so new that this window has not heard of it. */
async function labelOf(mirror: Mirror, { accountId }: LoginStatus): Promise<string> {
  if (accountId === null) return 'an account';
  const find = (accounts: readonly Account[] | null): string | undefined => accounts?.find(({ id }) => id === accountId)?.label;
  return find(mirror.snapshot.accounts) ?? find((await mirror.call('account/list')).items) ?? 'an account';
}
