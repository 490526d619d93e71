import type { ErrorCode } from '../contract/fault.ts';
import type { AppError } from '../core/appError.ts';
import type { Failure } from '../core/failure.ts';
import type { UpstreamError } from '../core/upstreamError.ts';
import type { Refusal } from '../protocol/refusal.ts';
import { hideSecrets } from '../core/hideSecrets.ts';
import { Refused } from './refused.ts';

/** How an AppError inside a request answers the client. */
const byCode: Partial<Record<ErrorCode, { readonly status: number; readonly code: string; readonly type: string }>> = {
  badRequest: { status: 400, code: 'invalid_request', type: 'invalid_request_error' },
  unauthorized: { status: 401, code: 'missing_api_key', type: 'authentication_error' },
  forbidden: { status: 403, code: 'invalid_api_key', type: 'permission_error' },
  notFound: { status: 404, code: 'not_found', type: 'invalid_request_error' },
  tooLarge: { status: 413, code: 'request_too_large', type: 'invalid_request_error' },
  unsupported: { status: 415, code: 'unsupported', type: 'invalid_request_error' },
};

/** Every refusal of our own that is not about the whole pool, named for what happened. */
export const refusalOf = {
  error(error: AppError): Refusal {
    if (error instanceof Refused) return error.refusal;
    const known = byCode[error.code] ?? { status: 500, code: 'internal_error', type: 'server_error' };
    return { ...known, message: error.message };
  },

  /** No route to the provider: nothing was sent, so the client may try again at once. */
  unreachable(cause: string): Refusal {
    return { status: 502, code: 'upstream_unreachable', type: 'server_error', retryAfterSeconds: 2, message: `The provider cannot be reached: no connection could be made: ${cause}. Check the network; the request is safe to repeat.` };
  },

  paused(): Refusal {
    return { status: 503, code: 'gateway_paused', type: 'server_error', retryAfterSeconds: 30, message: 'CodexManager\'s gateway is paused. Resume it in CodexManager\'s Gateway view.' };
  },

  /** The retry budget is spent. */
  gaveUp(attempts: number, ms: number, last: Failure | null): Refusal {
    return { status: 502, code: 'upstream_error', type: 'server_error', retryAfterSeconds: 5, message: `Gave up after ${attempts} attempts in ${Math.ceil(ms / 1000)} s. Last cause: ${describeFailure(last)}.` };
  },

  timedOut(): Refusal {
    return { status: 504, code: 'upstream_timeout', type: 'server_error', message: 'The answer took longer than CODEXMANAGER_UPSTREAM_TOTAL_TIMEOUT_MS allows for an answer that is not a stream.' };
  },

  foreignContinuation(): Refusal {
    return {
      status: 400, code: 'previous_response_not_found', type: 'invalid_request_error', param: 'previous_response_id',
      message: 'The account that gave the previous response cannot take this request, and another one does not know that response. Send the whole input without previous_response_id.',
    };
  },

  /** What upstream said in a stream that had not begun, as the HTTP answer it names. */
  upstream(failure: Failure): Refusal {
    if (failure.kind !== 'answer') return refusalOf.unreachable(describeFailure(failure));
    const { status, code, type, message } = failure.error;
    return { status, code: code ?? 'upstream_error', type: type ?? 'invalid_request_error', message: message ?? `The provider answered ${status}.` };
  },
};

/** What the provider said, in a few words. */
export function describeError({ status, code, type }: UpstreamError): string {
  return hideSecrets(`${status ?? ''} ${code ?? type ?? ''}`.trim());
}

/** One failure in a few words, for a message. */
export function describeFailure(failure: Failure | null): string {
  if (failure === null) return 'unknown';
  switch (failure.kind) {
    case 'answer': return describeError(failure.error);
    case 'broken': return failure.reason;
    case 'refreshRefused': return `the login was refused (${failure.reason})`;
    case 'refreshFailed': return 'the login could not be refreshed';
    case 'connect': return `no connection: ${failure.cause}`;
    case 'idle': return 'the stream fell silent';
    case 'clientGone': return 'client_gone';
  }
}
