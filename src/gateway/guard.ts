import type { IncomingMessage } from 'node:http';
import type { EngineConfig } from '../core/engineConfig.ts';
import { AppError } from '../core/appError.ts';
import { checkFetchSite, checkHost, checkOrigin } from '../core/hostGuard.ts';

/** Headers by which we know our own requests: an upstream address that leads back here would loop for ever. */
export const loopMark = 'x-codexmanager-gateway';

/** Refuses what a browser or a foreign name brings, before anything else is looked at. Throws AppError `forbidden`. */
export function guardRequest({ headers }: IncomingMessage, { allowedHosts }: Pick<EngineConfig, 'allowedHosts'>): void {
  if (!checkHost(headers.host, allowedHosts)) {
    throw new AppError('forbidden', 'This Host name is not let in. Use 127.0.0.1 or localhost, or add the name to CODEXMANAGER_ALLOWED_HOSTS.');
  }
  if (!checkOrigin(headers.origin, allowedHosts)) throw new AppError('forbidden', 'Requests from this web origin are not let in.');
  const site = headers['sec-fetch-site'];
  if (!checkFetchSite(typeof site === 'string' ? site : undefined)) throw new AppError('forbidden', 'Requests from other web sites are not let in.');
  if (headers[loopMark] !== undefined) throw new AppError('forbidden', 'The upstream address leads back to this gateway. Check CODEXMANAGER_UPSTREAM_BASE_URL.');
}
