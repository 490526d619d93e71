import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checkFetchSite, checkHost, checkOrigin } from '../core/hostGuard.ts';

/** Header of the original's clients; a bearer does as well. */
const tokenHeader = 'x-codexmanager-rpc-token';

export interface RpcGuard {
  readonly token: string;
  readonly allowedHosts: readonly string[];
}

/** The HTTP status that refuses a request to the control plane, null when it may pass. Looks at headers alone: no body is read for a stranger. */
export function refusedStatus({ headers }: IncomingMessage, { token, allowedHosts }: RpcGuard): number | null {
  if (!hasToken(headers[tokenHeader], headers.authorization, token)) return 401;
  const site = headers['sec-fetch-site'];
  if (!checkFetchSite(typeof site === 'string' ? site : undefined)) return 403;
  return checkOrigin(headers.origin, allowedHosts) && checkHost(headers.host, allowedHosts) ? null : 403;
}

/** Digests are compared, so that neither length nor content shows in the time. */
function hasToken(direct: string | readonly string[] | undefined, authorization: string | undefined, token: string): boolean {
  const presented = typeof direct === 'string' ? direct.trim() : /^bearer /i.test(authorization ?? '') ? (authorization ?? '').slice(7).trim() : '';
  return presented !== '' && timingSafeEqual(hash('sha256', presented, 'buffer'), hash('sha256', token, 'buffer'));
}
