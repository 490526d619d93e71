import type { Refusal } from '../refusal.ts';

export interface RefusalAnswer { readonly status: number; readonly headers: Record<string, string>; readonly body: string }

/** A refusal as OpenAI's APIs and Codex read it. `now` in Unix ms. */
export function responsesRefusal(refusal: Refusal, now: number): RefusalAnswer {
  const { status, code, type, message, param, retryAfterSeconds, resetsAt, planType, promoMessage } = refusal;
  const reset = resetsAt === undefined ? {} : { resets_at: resetsAt, resets_in_seconds: Math.max(0, resetsAt - Math.floor(now / 1000)) };
  const body = JSON.stringify({ error: { message, type, param: param ?? null, code, ...(planType === undefined ? {} : { plan_type: planType }), ...reset } });
  const headers: Record<string, string> = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (promoMessage !== undefined) headers['x-codex-promo-message'] = promoMessage;
  return { status, headers, body };
}

/** The `response.failed` event that ends a broken stream. Codex repeats the turn for any code it does not know as final, `server_error` among them. */
export function failedEvent({ code, message }: { readonly code: string; readonly message: string }): Buffer {
  const response = { id: 'resp_codexmanager', object: 'response', status: 'failed', error: { code, message }, output: [], usage: null };
  return Buffer.from(`event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', response })}\n\n`);
}

/** An event with a data line, because comments do not reset Codex's idle timer; clients pass over a type they do not know. */
export const keepAliveEvent: Buffer = Buffer.from('event: keepalive\ndata: {"type":"keepalive"}\n\n');
