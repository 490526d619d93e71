import type { Account } from '../../../contract/account.ts';
import type { LoginStatus } from '../../../contract/login.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { signInByBrowser } from './browserLogin.ts';
import { signInByDevice } from './deviceLogin.ts';
import { tellLogin } from './tellLogin.ts';

export type Way = 'browser' | 'device';

/** Signs in, a new account or one that is there already, until it went well or the person has had enough. */
export async function signIn(mirror: Mirror, way: Way, account: Account | null): Promise<void> {
  for (let next: Way | null = way; next !== null;) next = await tellLogin(mirror, await attempt(mirror, next, account), next, account);
}

/** A login that could not even begin has failed like any other. Rejects when the person gave it up. */
async function attempt(mirror: Mirror, way: Way, account: Account | null): Promise<LoginStatus> {
  try {
    return await (way === 'browser' ? signInByBrowser : signInByDevice)(mirror, account);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code === 'cancelled' || code === 'internal') throw thrown;
    return { status: 'failed', error: message, updatedAt: null, accountId: null, created: false, otherAccount: false };
  }
}
