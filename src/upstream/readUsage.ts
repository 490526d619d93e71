import type { UsageReading } from '../core/usageWindows.ts';
import type { UpstreamError } from '../core/upstreamError.ts';
import { codexIdentity } from '../core/codexClient.ts';
import { readUsageBody } from '../core/usageBody.ts';
import type { HttpSend } from './httpSend.ts';

/** What came of asking for an account's usage. `reason` is a short machine-like word. */
export type UsageAnswer =
  | { readonly kind: 'read'; readonly reading: UsageReading }
  | { readonly kind: 'unauthorized' }
  /** The provider answered, and not with usage; `error` as the failure table reads it. */
  | { readonly kind: 'refused'; readonly reason: string; readonly error: UpstreamError & { readonly status: number } }
  | { readonly kind: 'failed'; readonly reason: string };

/** An account as the backend knows it, and the proxy it alone goes through (null: the way everybody goes). */
export interface UsageCaller { readonly accessToken: string; readonly chatgptAccountId: string | null; readonly proxy: string | null }
/** Asks once. Never throws. */
export type ReadUsage = (caller: UsageCaller) => Promise<UsageAnswer>;

export interface ReadUsageOptions {
  /** `CODEXMANAGER_USAGE_BASE_URL`, without a slash at its end. */
  readonly baseUrl: string;
  readonly send: HttpSend;
  /** Unix ms. */
  readonly now: () => number;
  readonly readError: (status: number, contentType: string | undefined, body: Buffer) => UpstreamError & { readonly status: number };
}

/** ChatGPT's own hosts keep it under `/backend-api/wham`, other backends under `/api/codex` (behaviour reference 4.1). */
export function usagePath(baseUrl: string): string {
  const base = /^https?:\/\/(chatgpt\.com|chat\.openai\.com)$/i.test(baseUrl) ? `${baseUrl}/backend-api` : baseUrl;
  return base.includes('/backend-api') ? `${base}/wham` : `${base}/api/codex`;
}

export function makeReadUsage({ baseUrl, send, now, readError }: ReadUsageOptions): ReadUsage {
  const url = `${usagePath(baseUrl)}/usage`;
  return async (caller) => {
    const answer = await send(url, { headers: callerHeaders(caller), proxy: caller.proxy });
    if (answer.kind === 'failed') return { kind: 'failed', reason: answer.reason };
    if (answer.status === 401) return { kind: 'unauthorized' };
    if (answer.status < 200 || answer.status >= 300) {
      const error = readError(answer.status, answer.contentType, Buffer.from(answer.body));
      return { kind: 'refused', reason: `http_${answer.status}`, error };
    }
    const reading = readUsageBody(parse(answer.body), now());
    return reading ? { kind: 'read', reading } : { kind: 'failed', reason: 'unreadable_answer' };
  };
}

/** What the backend knows the caller by. */
export function callerHeaders({ accessToken, chatgptAccountId }: Omit<UsageCaller, 'proxy'>): string[] {
  return ['authorization', `Bearer ${accessToken}`, ...(chatgptAccountId === null ? [] : ['chatgpt-account-id', chatgptAccountId]), 'accept', '*/*', ...codexIdentity];
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
