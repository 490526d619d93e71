import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from '../core/records.ts';
import type { AttemptEnd } from './attempt.ts';
import type { Outgoing } from './boundRequest.ts';
import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import type { TurnClient } from './turnClient.ts';
import type { UpstreamTarget } from './upstreamTarget.ts';
import { freshState } from '../core/records.ts';
import { judgeFailure } from '../core/failure.ts';
import { Attempt } from './attempt.ts';
import { sha256 } from './boundRequest.ts';
import { describeError, describeFailure } from './refusals.ts';
import { upstreamHeaders } from './requestHeaders.ts';
import { traceProfile, traceResult } from './traceLines.ts';

/** Sends the request to one account and waits for the end; writes down the attempt and what the answer brought. */
export function runAttempt(context: GatewayContext, turn: Turn, client: TurnClient, { account, tokens }: StoredAccount, outgoing: Outgoing): Promise<AttemptEnd> {
  const headers = upstreamHeaders(turn.headers, {
    bearer: tokens.accessToken, chatgptAccountId: account.chatgptAccountId, turnState: outgoing.turnState, cookie: context.config.upstreamCookie,
  });
  return send(context, turn, client, { target: context.target, headers, body: outgoing.body, account });
}

export interface Call {
  readonly target: UpstreamTarget;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Who pays. */
  readonly account: StoredAccount['account'];
}

/** One call, whoever pays for it. */
export async function send(context: GatewayContext, turn: Turn, client: TurnClient, call: Call): Promise<AttemptEnd> {
  const { clock, config } = context;
  const startedAt = clock.now();
  const { target, headers, body, account } = call;
  const accountId = account.id;
  const attempt = new Attempt({
    client,
    askedModel: turn.model,
    now: () => clock.now(),
    isClientFault: (error) => judgeFailure({ kind: 'answer', error: { ...error, status: error.status ?? 500 }, retryAfterMs: null, spentUntil: null }, { now: 0, model: null, state: freshState, refreshed: true }).step === 'return',
    heard: (reading) => {
      if (target === context.target) context.pool.heard(accountId, reading);
    },
    request: {
      origin: target.origin, proxy: context.network.proxyFor(account), path: target.path, method: 'POST', headers, body,
      headersTimeoutMs: headersTimeout(config.totalTimeoutMs, config.streamTimeoutMs), idleTimeoutMs: config.streamTimeoutMs,
    },
  });
  turn.entry.accountId = accountId;
  turn.entry.upstreamUrl = target.url;
  traceProfile(context, turn, { accountId, account: target === context.target ? accountId : null, body });
  const over = context.routes.begin(accountId);
  attempt.start(context.openTurn);
  turn.gone.watch(() => attempt.abort());
  const end = await attempt.ended;
  turn.gone.watch(null);
  over();
  record(turn, attempt, end, { accountId, startedAt, endedAt: clock.now() });
  traceResult(context, turn, { accountId, status: attempt.status, error: turn.entry.error });
  if (target === context.target) learnFromAnswer(context, turn, { attempt, end, accountId });
  return end;
}

/** The shorter of both limits; 0 means none. */
function headersTimeout(total: number, stream: number): number {
  if (total === 0 || stream === 0) return Math.max(total, stream);
  return Math.min(total, stream);
}

interface Span { readonly accountId: string; readonly startedAt: number; readonly endedAt: number }

function record(turn: Turn, attempt: Attempt, end: AttemptEnd, { accountId, startedAt, endedAt }: Span): void {
  // The client's own fault, which went to it in its stream as it came.
  const passed = end.kind === 'answered' ? attempt.watcher.failure : null;
  const reason = end.kind === 'answered' ? (passed ? describeError(passed) : 'ok') : describeFailure(end.failure);
  const { firstContentAt } = attempt;
  turn.entry.attempts.push({ accountId, status: attempt.status, reason, ms: endedAt - startedAt, at: startedAt - turn.entry.startedAt, firstByteMs: firstContentAt === null ? null : firstContentAt - startedAt });
  turn.entry.modelServed = attempt.watcher.modelServed ?? turn.entry.modelServed;
  turn.entry.usage = attempt.watcher.usage ?? turn.entry.usage;
  turn.entry.firstByteAt ??= attempt.firstContentAt;
  turn.entry.error = end.kind === 'answered' ? (passed ? (passed.message ?? passed.code ?? reason) : null) : reason;
}

/** What the answer gave out that only this account can read. */
function learnFromAnswer({ pool, bindings }: GatewayContext, turn: Turn, { attempt, end, accountId }: { readonly attempt: Attempt; readonly end: AttemptEnd; readonly accountId: AccountId }): void {
  for (const item of attempt.watcher.encrypted) bindings.bind('encrypted', sha256(item), accountId);
  if (attempt.turnState !== null && end.kind !== 'failed') bindings.bind('turnState', sha256(attempt.turnState), accountId);
  // Only a client that continues responses by their id will ask for this one again, and few do.
  if (attempt.watcher.responseId !== null) bindings.bind('response', sha256(attempt.watcher.responseId), accountId, { lasting: turn.request.facts.previousResponseId !== null });
  if (end.kind === 'answered') pool.succeeded(accountId);
}
