import type { LoginStatus } from '../../contract/login.ts';
import type { CallbackPage } from '../../core/callbackPage.ts';
import type { StoredLogin } from './storeLogin.ts';

/** What to say about a login, on the page its browser ends on (with this HTTP status) and to whoever pasted its address. */
export type LoginAnswer = CallbackPage & { readonly status: 200 | 400 | 500 };

const again = 'Start the sign-in again in CodexManager.';
const close = 'You can close this page and go back to CodexManager.';

export function signedIn({ name, created, otherAccount }: StoredLogin): LoginAnswer {
  const done = created ? `${name} was added to the pool.` : `The login of ${name} was renewed; its settings are as they were.`;
  const text = otherAccount ? `This is another account than the one that was to be signed in again. ${done}` : done;
  return { status: 200, ok: true, title: `Signed in as ${name}`, text, next: close };
}

export function denied(issuer: string): LoginAnswer {
  return { status: 400, ok: false, title: 'Sign-in declined', text: `The sign-in was declined at ${issuer}. Nothing was stored.`, next: again };
}

/** `error` is what the issuer said, without secrets. */
export function refused(issuer: string, error: string): LoginAnswer {
  return { status: 400, ok: false, title: 'Sign-in refused', text: `${issuer} refused the sign-in: ${error}.`, next: `${again} If it is refused again, use another account, or ask who runs your workspace.` };
}

export function unusable(reason: string): LoginAnswer {
  return { status: 400, ok: false, title: 'Sign-in incomplete', text: reason, next: again };
}

/** `known`: the login whose state came again or too late; null for a state that is not known (any more). */
export function notWaiting(known: LoginStatus | null): LoginAnswer {
  const page = { status: 400, ok: false } as const;
  switch (known?.status) {
    case 'success': return { ...page, title: 'Sign-in used already', text: 'This sign-in was used already, and succeeded. Nothing was changed this time.', next: close };
    case 'failed': return { ...page, title: 'Sign-in over', text: `This sign-in is over. ${known.error ?? ''}`, next: again };
    case 'pending': return { ...page, title: 'Sign-in used already', text: 'This sign-in is being finished at this moment.', next: close };
    default: return { ...page, title: 'Unknown sign-in', text: 'CodexManager does not wait for this sign-in: it is too old, was started before a restart, or belongs to another program.', next: again };
  }
}

/** `reason` says what to do next. */
export function failed(reason: string): LoginAnswer {
  return { status: 500, ok: false, title: 'Sign-in failed', text: reason, next: close };
}
