import { parseCallback } from '../../../core/parseCallback.ts';

/** Which login a pasted address belongs to; null when it is no address a sign-in ends on. */
export function loginOfAddress(pasted: string): string | null {
  const callback = parseCallback(pasted);
  return callback.kind === 'unusable' ? null : callback.state;
}

/** What is wrong with a pasted address; null when nothing is. */
export function addressProblem(pasted: string): string | null {
  const callback = parseCallback(pasted);
  return callback.kind === 'unusable' ? callback.reason : null;
}

/** Where a sign-in's callback is heard and how this window's browser sees that place. */
export interface CallbackPlace {
  readonly redirectUri: string;
  /** What VS Code says the browser must use instead; null when it could not tell. */
  readonly externalUri: string | null;
  /** Why the engine itself cannot hear the callback. */
  readonly warning: string | null;
  /** VS Code runs in a browser. */
  readonly web: boolean;
  /** This extension runs on another machine than the window. */
  readonly remoteHost: boolean;
}

/** Whether the browser surely reaches the callback. Where it may be on another machine, the address it ends on can be pasted besides. */
export function callbackIsReachable({ redirectUri, externalUri, warning, web, remoteHost }: CallbackPlace): boolean {
  if (warning !== null || web || remoteHost || externalUri === null) return false;
  const [wanted, seen] = [new URL(redirectUri), URL.canParse(externalUri) ? new URL(externalUri) : null];
  return seen !== null && isLoopback(seen.hostname) && seen.port === wanted.port;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}
