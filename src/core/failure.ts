import type { AccountState } from './records.ts';
import type { UpstreamError } from './upstreamError.ts';
import { challengeLadder, failureLadder, rateLadder, stepOf } from './cooldown.ts';

/** What happened upstream before the first content event reached the client. */
export type Failure =
  | { readonly kind: 'answer'; readonly error: UpstreamError & { readonly status: number }; readonly retryAfterMs: number | null; readonly spentUntil: number | null }
  | { readonly kind: 'refreshRefused'; readonly reason: string }
  | { readonly kind: 'refreshFailed' }
  /** `cause` in a few words, which name no secret. */
  | { readonly kind: 'connect'; readonly cause: string }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'idle' }
  | { readonly kind: 'clientGone' };

/**
 * What this request does next: `refresh` the token and repeat on the same account once; `next` account; `retryIfOnly`: the same account once more if
 * it is the only eligible one, else the next; `retryRoute`: the same account once more after 250 ms, then one reached by another route; `return` the
 * answer to the client as it came; `stop`: nobody is listening.
 */
export type Step = 'refresh' | 'next' | 'retryIfOnly' | 'retryRoute' | 'return' | 'stop';

/** What the account learns. Times in Unix milliseconds. */
export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'needsLogin'; readonly reason: string }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'exhausted'; readonly until: number; readonly at: number }
  | { readonly kind: 'cooldown'; readonly ladder: 'challenge' | 'rate' | 'fixed'; readonly until: number; readonly reason: string }
  | { readonly kind: 'modelBlocked'; readonly model: string; readonly until: number }
  /** Counts as a cooldown only when another account then answers the request. */
  | { readonly kind: 'unhealthy'; readonly reason: string };

export interface Verdict { readonly step: Step; readonly effect: Effect; readonly reason: string }

export interface FailureContext {
  readonly now: number;
  readonly model: string | null;
  readonly state: AccountState;
  /** The token of this account was already refreshed for this request. */
  readonly refreshed: boolean;
}

const none: Effect = { kind: 'none' };
const hourMs = 3_600_000;

/** Codes by which the provider says that the account or workspace itself is closed. */
const closedCodes = new Set(['deactivated_workspace', 'account_deactivated', 'workspace_deactivated', 'user_deactivated', 'account_suspended', 'workspace_suspended', 'no_access', 'account_access_denied', 'workspace_access_denied']);
const spentCodes = new Set(['usage_limit_reached', 'usage_not_included', 'insufficient_quota']);
const modelCodes = new Set(['model_not_found', 'model_not_supported', 'unsupported_model']);

/** Whether the provider says by this code that an account or workspace is closed, so that no new login would help. */
export function isClosedCode(code: string): boolean {
  return closedCodes.has(code);
}

/** The one failure table: what a failure means for this request and for the account. Pure. */
export function judgeFailure(failure: Failure, context: FailureContext): Verdict {
  switch (failure.kind) {
    case 'clientGone': return { step: 'stop', effect: none, reason: 'client_gone' };
    case 'connect': return { step: 'retryRoute', effect: none, reason: 'connect_error' };
    case 'broken': return { step: 'retryIfOnly', effect: { kind: 'unhealthy', reason: failure.reason }, reason: failure.reason };
    case 'idle': return { step: 'next', effect: { kind: 'unhealthy', reason: 'idle_stream' }, reason: 'idle_stream' };
    case 'refreshRefused': return { step: 'next', effect: { kind: isClosedCode(failure.reason) ? 'blocked' : 'needsLogin', reason: failure.reason }, reason: failure.reason };
    case 'refreshFailed': return { step: 'next', effect: coolFor(60_000, 'token_refresh_failed', context), reason: 'token_refresh_failed' };
    case 'answer': return judgeAnswer(failure, context);
  }
}

function judgeAnswer(answer: Extract<Failure, { kind: 'answer' }>, context: FailureContext): Verdict {
  const { error } = answer;
  const name = error.code ?? error.type ?? `http_${error.status}`;
  // A closed workspace cannot pay either: that it is closed says more than that it is not paid for.
  if (error.status === 402 && isClosed(error)) return blocked(error);
  if (isSpent(answer)) return { step: 'next', effect: { kind: 'exhausted', until: spentUntil(answer, context), at: context.now }, reason: name };
  if (isModelUnsupported(error)) return { step: 'next', effect: modelEffect(context), reason: 'model_not_supported' };
  switch (error.status) {
    case 401: return context.refreshed
      ? { step: 'next', effect: coolFor(60_000, 'unauthorized', context), reason: 'unauthorized' }
      : { step: 'refresh', effect: none, reason: 'unauthorized' };
    case 403: return judgeForbidden(answer, context);
    case 408: return unhealthy('timeout_408');
    case 429: return { step: 'next', effect: rateLimited(answer, context), reason: name };
    // A redirect is a portal or a wrong address, and is never followed with a credential.
    default: return error.status >= 500 || error.status < 400 ? unhealthy(name) : { step: 'return', effect: none, reason: name };
  }
}

function unhealthy(reason: string): Verdict {
  return { step: 'retryIfOnly', effect: { kind: 'unhealthy', reason }, reason };
}

function judgeForbidden({ error }: Extract<Failure, { kind: 'answer' }>, context: FailureContext): Verdict {
  if (error.html) {
    const until = context.now + stepOf(challengeLadder, context.state.challengeSteps);
    return { step: 'next', effect: { kind: 'cooldown', ladder: 'challenge', until, reason: 'challenge' }, reason: 'challenge' };
  }
  const code = error.code ?? error.type;
  if (isClosed(error) || namesAccount(error)) return blocked(error);
  return { step: 'return', effect: none, reason: code ?? 'http_403' };
}

function blocked({ code, type }: UpstreamError): Verdict {
  const reason = code ?? type ?? 'access_denied';
  return { step: 'next', effect: { kind: 'blocked', reason }, reason };
}

function isClosed({ code, type }: UpstreamError): boolean {
  return (code !== null && isClosedCode(code)) || (type !== null && isClosedCode(type));
}

function namesAccount({ message }: UpstreamError): boolean {
  return /\b(account|workspace)\b.*\b(deactivated|suspended|disabled|no access|not have access|denied)\b/i.test(message ?? '');
}

function isSpent({ error, spentUntil: windowsSpent }: Extract<Failure, { kind: 'answer' }>): boolean {
  if (error.status === 402) return true;
  if (error.status !== 429) return false;
  return (error.code !== null && spentCodes.has(error.code)) || (error.type !== null && spentCodes.has(error.type)) || windowsSpent !== null;
}

/** The body's word counts first, then the headers, then the last windows heard, else five minutes. */
function spentUntil({ error, spentUntil: fromHeaders }: Extract<Failure, { kind: 'answer' }>, { now, state }: FailureContext): number {
  if (error.resetsAt !== null && error.resetsAt * 1000 > now) return error.resetsAt * 1000;
  if (error.resetsInSeconds !== null && error.resetsInSeconds > 0) return now + error.resetsInSeconds * 1000;
  if (fromHeaders !== null && fromHeaders > now) return fromHeaders;
  const resets = state.windows.filter((window) => window.usedPercent >= 100 && window.resetsAt !== null).map((window) => (window.resetsAt ?? 0) * 1000);
  const latest = Math.max(0, ...resets);
  return latest > now ? latest : now + 300_000;
}

function isModelUnsupported(error: UpstreamError & { status: number }): boolean {
  if (error.status !== 400 && error.status !== 404) return false;
  if (error.code !== null && modelCodes.has(error.code)) return true;
  return /\bmodel\b.*\b(not supported|not available|does not exist|not found)\b/i.test(error.message ?? '');
}

function modelEffect({ model, now }: FailureContext): Effect {
  return model === null ? none : { kind: 'modelBlocked', model, until: now + hourMs };
}

function rateLimited({ retryAfterMs }: Extract<Failure, { kind: 'answer' }>, { now, state }: FailureContext): Effect {
  const wait = retryAfterMs ?? stepOf(rateLadder, state.rateSteps);
  return { kind: 'cooldown', ladder: 'rate', until: now + wait, reason: 'rate_limited' };
}

function coolFor(ms: number, reason: string, { now }: FailureContext): Effect {
  return { kind: 'cooldown', ladder: 'fixed', until: now + ms, reason };
}

/** The state after an effect. A later effect never shortens what an earlier one set. */
export function applyEffect(state: AccountState, effect: Effect): AccountState {
  switch (effect.kind) {
    case 'none':
    case 'unhealthy': return state;
    case 'needsLogin': return { ...state, needsLogin: effect.reason };
    case 'blocked': return { ...state, blocked: effect.reason };
    case 'exhausted': return { ...state, exhaustedUntil: Math.max(state.exhaustedUntil, effect.until), exhaustedAt: effect.at };
    case 'modelBlocked': return { ...state, modelBlocks: { ...state.modelBlocks, [effect.model]: effect.until } };
    case 'cooldown': return {
      ...state,
      coolUntil: Math.max(state.coolUntil, effect.until),
      coolReason: effect.reason,
      challengeSteps: state.challengeSteps + (effect.ladder === 'challenge' ? 1 : 0),
      rateSteps: state.rateSteps + (effect.ladder === 'rate' ? 1 : 0),
    };
  }
}

/** After another account answered a request in which this one failed: the third in a row starts a cooldown. */
export function applyOutrun(state: AccountState, reason: string, now: number): AccountState {
  const failuresInRow = state.failuresInRow + 1;
  if (failuresInRow < 3) return { ...state, failuresInRow };
  const coolUntil = Math.max(state.coolUntil, now + stepOf(failureLadder, state.failureSteps));
  return { ...state, failuresInRow, failureSteps: state.failureSteps + 1, coolUntil, coolReason: reason };
}

/** After a success every ladder begins at its first step again. Returns the same object when nothing changes. */
export function applySuccess(state: AccountState): AccountState {
  if (state.challengeSteps === 0 && state.rateSteps === 0 && state.failureSteps === 0 && state.failuresInRow === 0) return state;
  return { ...state, challengeSteps: 0, rateSteps: 0, failureSteps: 0, failuresInRow: 0 };
}
