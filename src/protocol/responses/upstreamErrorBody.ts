import * as z from 'zod/mini';
import type { UpstreamError } from '../../core/upstreamError.ts';
import { ErrorFields, mostMessage } from './errorFields.ts';

const ErrorBody = z.looseObject({
  error: z.optional(z.nullable(z.union([ErrorFields, z.string()]))),
  detail: z.optional(z.nullable(z.union([ErrorFields, z.string()]))),
});

/** What an HTTP error body says, in any of the shapes the provider uses (`error`, `detail`, plain text, an HTML page). Never throws. */
export function readUpstreamError(status: number, contentType: string | undefined, body: Buffer): UpstreamError & { readonly status: number } {
  const text = body.subarray(0, 65_536).toString();
  const silent = { status, code: null, type: null, message: null, planType: null, resetsAt: null, resetsInSeconds: null, html: false };
  if ((contentType ?? '').includes('text/html') || /^\s*<(!doctype html|html)/i.test(text)) return { ...silent, html: true };
  const said = saidIn(text);
  if (said === null || typeof said === 'string') return { ...silent, message: (said ?? text.trim()).slice(0, mostMessage) || null };
  const { code, type, message, plan_type: planType, resets_at: resetsAt, resets_in_seconds: resetsInSeconds } = said;
  return { ...silent, code, type, message: message?.slice(0, mostMessage) ?? null, planType, resetsAt, resetsInSeconds };
}

function saidIn(text: string): ErrorFields | string | null {
  try {
    const body = ErrorBody.parse(JSON.parse(text));
    return body.error ?? body.detail ?? ErrorFields.parse(body);
  } catch {
    return null;
  }
}
