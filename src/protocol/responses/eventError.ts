import * as z from 'zod/mini';
import type { UpstreamError } from '../../core/upstreamError.ts';
import { ErrorFields, mostMessage } from './errorFields.ts';

/** The HTTP status a code would have had, had it come before the stream. Unknown codes are the provider's own trouble. */
const statusOf: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429, usage_limit_reached: 429, usage_not_included: 429, insufficient_quota: 429,
  server_is_overloaded: 503, slow_down: 503, server_error: 500,
  context_length_exceeded: 400, invalid_prompt: 400, invalid_request_error: 400, invalid_encrypted_content: 400, previous_response_not_found: 400,
  model_not_found: 404, invalid_api_key: 401, token_expired: 401,
};

const FailedEvent = z.looseObject({
  response: z.optional(z.nullable(z.looseObject({ error: z.optional(z.nullable(ErrorFields)) }))),
  error: z.optional(z.nullable(ErrorFields)),
  status: z.optional(z.nullable(z.number())),
  status_code: z.optional(z.nullable(z.number())),
});

/** What a `response.failed` or `error` event says, whichever of the known shapes it has. Never throws. */
export function errorFromEvent(data: unknown): UpstreamError {
  const event = FailedEvent.safeParse(data).data;
  const flat = ErrorFields.safeParse(data).data;
  const error = event?.response?.error ?? event?.error ?? flat;
  const code = error?.code ?? null;
  const type = error === flat && error?.type === 'error' ? null : (error?.type ?? null);
  return {
    status: event?.status ?? event?.status_code ?? statusOf[code ?? ''] ?? statusOf[type ?? ''] ?? 500,
    code, type,
    message: error?.message?.slice(0, mostMessage) ?? null,
    planType: error?.plan_type ?? null,
    resetsAt: error?.resets_at ?? null,
    resetsInSeconds: error?.resets_in_seconds ?? null,
    html: false,
  };
}
