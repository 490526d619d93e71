import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyRecord } from '../core/records.ts';
import { AppError } from '../core/appError.ts';

/**
 * The platform key a request presents, by `x-api-key` or bearer. Rejects with AppError `unauthorized` (none presented) or `forbidden` (unknown,
 * disabled). Found by SHA-256, compared in constant time.
 */
export function authenticate(headers: IncomingHttpHeaders, keys: { find(hash: string): KeyRecord | undefined }): KeyRecord {
  const presented = presentedKey(headers);
  if (presented === null) {
    throw new AppError('unauthorized', 'No platform key was sent. Create one in CodexManager and send it as "Authorization: Bearer <key>" or "x-api-key".');
  }
  const digest = hash('sha256', presented, 'hex');
  const key = keys.find(digest);
  if (!key || !timingSafeEqual(Buffer.from(key.hash, 'latin1'), Buffer.from(digest, 'latin1'))) {
    throw new AppError('forbidden', 'This platform key is not known to CodexManager. It may have been deleted; create a new one and update the client.');
  }
  if (!key.enabled) throw new AppError('forbidden', `The platform key ${key.name ?? key.id} is disabled. Enable it in CodexManager to use it again.`);
  return key;
}

function presentedKey(headers: IncomingHttpHeaders): string | null {
  const direct = headers['x-api-key'];
  const text = typeof direct === 'string' && direct.trim() !== '' ? direct : bearerOf(headers.authorization);
  return text === null || text.trim() === '' ? null : text.trim();
}

function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return null;
  return authorization.slice(7);
}
