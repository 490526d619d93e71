import { codexIdentity, isCodexClient, passesUpstream } from '../core/codexClient.ts';

/** A client's headers as Node's `rawHeaders` has them: name, value, name, value … */
export type RawHeaders = readonly string[];

/** The part of the upstream headers that is the same for every account: what passes, or the constant identity. */
export function clientHeaders(raw: RawHeaders, originator: string | undefined, userAgent: string | undefined): string[] {
  const codex = isCodexClient(originator, userAgent);
  const headers = ['content-type', 'application/json', 'accept', 'text/event-stream'];
  if (!codex) headers.push(...codexIdentity);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (passesUpstream(name, codex)) headers.push(name, raw[i + 1] ?? '');
  }
  return headers;
}

export interface AccountHeaders {
  readonly bearer: string;
  readonly chatgptAccountId: string | null;
  readonly turnState: string | null;
  readonly cookie: string | null;
}

/** The whole upstream header list for one account. Authorization and account id are always ours. */
export function upstreamHeaders(common: readonly string[], { bearer, chatgptAccountId, turnState, cookie }: AccountHeaders): string[] {
  const headers = common.slice();
  headers.push('authorization', `Bearer ${bearer}`);
  if (chatgptAccountId !== null) headers.push('chatgpt-account-id', chatgptAccountId);
  if (turnState !== null) headers.push('x-codex-turn-state', turnState);
  if (cookie !== null) headers.push('cookie', cookie);
  return headers;
}
