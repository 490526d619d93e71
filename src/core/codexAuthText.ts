import * as z from 'zod/mini';
import type { TokenRecord } from './records.ts';

/** As records, which keep the order of fields that are not known here. */
const Fields = z.record(z.string(), z.unknown());

/**
 * The text of Codex CLI's `auth.json` with renewed tokens in the place of its old ones; whatever else it holds stays, as do the order of its fields and
 * its last line break. Null when it is not such a file.
 */
export function withTokens(text: string, { idToken, accessToken, refreshToken, lastRefresh }: TokenRecord): string | null {
  const file = Fields.safeParse(parse(text)).data;
  const before = Fields.safeParse(file?.['tokens']).data;
  if (typeof before?.['refresh_token'] !== 'string' || refreshToken === null) return null;
  const tokens = { ...before, ...(idToken !== null && { id_token: idToken }), access_token: accessToken, refresh_token: refreshToken };
  return JSON.stringify({ ...file, tokens, last_refresh: new Date(lastRefresh * 1000).toISOString() }, null, 2) + (/\r?\n$/.exec(text)?.[0] ?? '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
