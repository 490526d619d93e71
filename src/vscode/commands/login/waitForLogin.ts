import type { LoginStatus } from '../../../contract/login.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';

/** As long as one question waits for the answer, ms. */
const waitMs = 25_000;

/** The logins this window waits for. */
const waiting = new Set<string>();

export function isWaitedFor(loginId: string): boolean {
  return waiting.has(loginId);
}

/** Resolves when the login has ended, for better or worse. `signal` ends it: the engine forgets the login, and this rejects as cancelled. */
export async function waitForLogin(mirror: Mirror, loginId: string, signal: AbortSignal): Promise<LoginStatus> {
  const cancelled = new Promise<never>((_resolve, reject) => {
    const cancel = (): void => {
      // Whether the engine heard it or not, nobody waits for this login any more.
      mirror.call('account/login/cancel', { loginId }).then(() => undefined, () => undefined);
      reject(new AppError('cancelled', 'Signing in was cancelled.'));
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
  waiting.add(loginId);
  try {
    return await Promise.race([cancelled, ended(mirror, loginId, signal)]);
  } finally {
    waiting.delete(loginId);
  }
}

async function ended(mirror: Mirror, loginId: string, signal: AbortSignal): Promise<LoginStatus> {
  for (;;) {
    const status = await mirror.call('account/login/status', { loginId, waitMs });
    if (status.status !== 'pending' || signal.aborted) return status;
  }
}
