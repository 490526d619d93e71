import type { Handlers } from '../../contract/rpc.ts';
import { NoticeClaims } from '../noticeClaims.ts';

/** Windows agree on who tells what: they all hear the same, and a person is to be told once. */
export function noticeHandlers(): Pick<Handlers, 'notice/claim'> {
  const claims = new NoticeClaims();
  return { 'notice/claim': ({ keys }) => Promise.resolve({ granted: claims.claim(keys) }) };
}
