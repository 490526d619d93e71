import type { IncomingMessage } from 'node:http';
import type { EngineConfig } from '../core/engineConfig.ts';
import { AppError } from '../core/appError.ts';
import { checkFetchSite, checkHost, checkOrigin } from '../core/hostGuard.ts';

/** Refuses what a browser or a foreign name brings, before anything else is looked at. Throws AppError `forbidden`. */
export function guardRequest({ headers }: IncomingMessage, { allowedHosts }: Pick<EngineConfig, 'allowedHosts'>): void {
  if (!checkHost(headers.host, allowedHosts)) {
    throw new AppError('forbidden', 'This Host name is not let in. Use 127.0.0.1 or localhost, or add the name to CODEXMANAGER_ALLOWED_HOSTS.');
  }
  if (!checkOrigin(headers.origin, allowedHosts)) throw new AppError('forbidden', 'Requests from this web origin are not let in.');
  const site = headers['sec-fetch-site'];
  if (!checkFetchSite(typeof site === 'string' ? site : undefined)) throw new AppError('forbidden', 'Requests from other web sites are not let in.');
}

/** Whether an upstream address leads back to this gateway, which would loop for ever. */
export function isOwnAddress(baseUrl: string, port: number): boolean {
  const { hostname, port: given, protocol } = new URL(baseUrl);
  return checkHost(hostname, []) && Number(given || (protocol === 'https:' ? 443 : 80)) === port;
}
