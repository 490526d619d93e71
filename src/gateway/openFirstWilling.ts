import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from '../core/records.ts';
import type { Failure, Verdict } from '../core/failure.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { AttemptEnd, PlainAnswer } from './attempt.ts';
import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import type { TurnClient } from './turnClient.ts';
import { judgeFailure } from '../core/failure.ts';
import { listCandidates, selectAccount } from '../core/selectAccount.ts';
import { nextAccount } from './nextAccount.ts';
import { nobodyLeft, soonestReturn } from './nobodyLeft.ts';
import { refusalOf } from './refusals.ts';
import { traceCandidates, traceSkips } from './traceLines.ts';
import { runAttempt } from './runAttempt.ts';
import { tryFallback } from './tryFallback.ts';

/** Pause before the same route is tried again after it could not be reached. */
const routePauseMs = 250;

/** What a finished attempt means for the request as a whole. */
type Outcome = 'answered' | 'next' | 'again' | 'unreachable';

/** Asks one willing account after the other until one answers, the client leaves, or nobody is left. Answers the client in every case. */
export async function openFirstWilling(context: GatewayContext, turn: Turn, client: TurnClient): Promise<void> {
  traceCandidates(context, turn, listCandidates(context.pool.list(), { ...turn.asking, now: context.clock.now(), tried: turn.tried }, 16));
  let last: Failure | null = null;
  while (!turn.gone.gone) {
    const tired = isOverBudget(context, turn);
    const chosen = tired ? null : nextAccount(context, turn);
    if (!chosen) {
      if (!tired && last?.kind !== 'connect' && (await waitForReturn(context, turn))) continue;
      if (await tryFallback(context, turn, client)) return;
      return client.refuse(lastWord(context, turn, last, tired));
    }
    const asked = await askAccount(context, turn, client, chosen.stored);
    if (asked.outcome === 'answered') return;
    last = asked.failure ?? last;
    if (asked.outcome === 'unreachable') giveUpRoute(context, turn, chosen.stored);
  }
}

/** So much was tried in vain, or so long, that one more account would not help the client. */
function isOverBudget({ settings, clock }: GatewayContext, { failures, entry }: Turn): boolean {
  const { retryMaxAttempts, retryMaxMs } = settings.current;
  return (retryMaxAttempts > 0 && failures >= retryMaxAttempts) || (retryMaxMs > 0 && entry.attempts.length > 0 && clock.now() - entry.startedAt >= retryMaxMs);
}

function lastWord(context: GatewayContext, turn: Turn, last: Failure | null, tired: boolean): Refusal {
  if (last?.kind === 'connect') return refusalOf.unreachable(last.cause);
  return tired ? refusalOf.gaveUp(turn.entry.attempts.length, context.clock.now() - turn.entry.startedAt, last) : nobodyLeft(context, turn, last);
}

/** Nobody who is reached the same way is asked in this request any more. */
function giveUpRoute({ pool, network }: GatewayContext, turn: Turn, { account }: StoredAccount): void {
  const route = network.proxyFor(account);
  for (const other of pool.list()) if (network.proxyFor(other.account) === route) turn.tried.add(other.account.id);
}

interface Asked { readonly outcome: Outcome; readonly failure: Failure | null }

/** Asks one account, and once more where the failure table says so. */
async function askAccount(context: GatewayContext, turn: Turn, client: TurnClient, first: StoredAccount): Promise<Asked> {
  const { id } = first.account;
  const spent = { refreshed: false, repeated: false, route: false };
  traceSkips(context, turn, id);
  for (;;) {
    const account = context.pool.find(id);
    const outgoing = account && turn.request.for(id);
    if (!account || !outgoing) return skipForeign(turn, client, id, account === undefined);
    const end = await runAttempt(context, turn, client, account, outgoing);
    if (end.kind !== 'failed') return { outcome: settle(context, turn, id, end), failure: null };
    const verdict = judgeFailure(end.failure, { now: context.clock.now(), model: turn.model, state: account.state, refreshed: spent.refreshed });
    context.pool.learn(id, verdict.effect);
    rate(context, id, verdict, end.failure);
    if (verdict.effect.kind === 'unhealthy' || verdict.step === 'retryRoute') turn.failures += 1;
    if (verdict.step === 'return' && refusesItems(end.failure) && turn.request.leaveOutItems()) continue;
    const outcome = await nextStep(context, turn, client, { account, verdict, spent, answer: end.answer, failure: end.failure });
    if (outcome !== 'again') return { outcome, failure: end.failure };
  }
}

/** What the failure says of the account beyond this request. A limit says nothing of its health, a client's own mistake nothing at all. */
function rate({ routes }: GatewayContext, id: AccountId, { step, effect }: Verdict, failure: Failure): void {
  if (effect.kind === 'unhealthy' || effect.kind === 'cooldown') routes.outcome(id, failure.kind === 'answer' ? failure.error.status : null);
  if (step === 'next' || effect.kind === 'unhealthy') routes.failed(id);
}

interface FailedTry {
  readonly account: StoredAccount;
  readonly verdict: Verdict;
  readonly spent: { refreshed: boolean; repeated: boolean; route: boolean };
  readonly answer: PlainAnswer | null;
  readonly failure: Failure;
}

async function nextStep(context: GatewayContext, turn: Turn, client: TurnClient, { account, verdict, spent, answer, failure }: FailedTry): Promise<Outcome> {
  const { id } = account.account;
  switch (verdict.step) {
    case 'stop': return 'answered';
    case 'return': return giveBack(turn, client, answer, failure);
    case 'refresh':
      spent.refreshed = true;
      return renew(context, turn, account);
    case 'retryRoute':
      if (spent.route) return 'unreachable';
      spent.route = true;
      await pause(context, turn, routePauseMs);
      return 'again';
    case 'retryIfOnly':
      if (!spent.repeated && !othersLeft(context, turn, id)) {
        spent.repeated = true;
        return 'again';
      }
      turn.outrun.push({ accountId: id, reason: verdict.reason });
      turn.tried.add(id);
      return 'next';
    case 'next':
      if (verdict.effect.kind === 'unhealthy') turn.outrun.push({ accountId: id, reason: verdict.reason });
      turn.tried.add(id);
      return 'next';
  }
}

function giveBack(turn: Turn, client: TurnClient, answer: PlainAnswer | null, failure: Failure): Outcome {
  if (failure.kind === 'answer') turn.entry.error = failure.error.message ?? failure.error.code ?? turn.entry.error;
  if (answer) client.pass(answer.status, answer.headers, answer.body);
  else client.refuse(refusalOf.upstream(failure));
  return 'answered';
}

async function renew(context: GatewayContext, turn: Turn, { account, tokens }: StoredAccount): Promise<Outcome> {
  const renewal = await context.renew(account.id, tokens.accessToken);
  if (renewal.kind === 'renewed') return 'again';
  turn.tried.add(account.id);
  return 'next';
}

/** A committed attempt is over: what it taught about the accounts. */
function settle({ pool, clock, recentCuts, routes }: GatewayContext, turn: Turn, id: AccountId, end: Exclude<AttemptEnd, { kind: 'failed' }>): Outcome {
  if (end.kind === 'answered') {
    routes.outcome(id, 200);
    routes.served(id, turn.conversation);
    for (const { accountId, reason } of turn.outrun) if (accountId !== id) pool.outrun(accountId, reason);
    return 'answered';
  }
  const now = clock.now();
  const state = pool.find(id)?.state;
  if (state && end.failure.kind !== 'clientGone') {
    pool.learn(id, judgeFailure(end.failure, { now, model: turn.model, state, refreshed: true }).effect);
    recentCuts.add(id, now);
    routes.outcome(id, null);
    routes.failed(id);
  }
  return 'answered';
}

function skipForeign(turn: Turn, client: TurnClient, id: AccountId, deleted: boolean): Asked {
  turn.tried.add(id);
  if (deleted) return { outcome: 'next', failure: null };
  client.refuse(refusalOf.foreignContinuation());
  return { outcome: 'answered', failure: null };
}

function refusesItems(failure: Failure): boolean {
  return failure.kind === 'answer' && failure.error.status === 400 && /encrypted_content/.test(`${failure.error.code ?? ''} ${failure.error.message ?? ''}`);
}

function othersLeft({ pool, clock }: GatewayContext, turn: Turn, id: AccountId): boolean {
  return selectAccount(pool.list(), { ...turn.asking, now: clock.now(), tried: new Set(turn.tried).add(id) }) !== null;
}

/** True when an account came back within the wait budget. No headers are sent meanwhile, so the status stays honest. */
async function waitForReturn(context: GatewayContext, turn: Turn): Promise<boolean> {
  const at = soonestReturn(context.pool.list(), turn.asking, context.clock.now());
  if (at === null || at > turn.waitUntil) return false;
  await pause(context, turn, Math.max(1, at - context.clock.now()));
  const now = context.clock.now();
  for (const id of turn.tried) {
    const account = context.pool.find(id);
    if (account && wasWaitedFor(account, at, now)) turn.tried.delete(id);
  }
  return true;
}

/** It was out for a time that is over now. */
function wasWaitedFor({ state }: StoredAccount, at: number, now: number): boolean {
  const until = Math.max(state.coolUntil, state.exhaustedUntil);
  return until > 0 && until <= Math.max(at, now);
}

async function pause({ clock }: GatewayContext, turn: Turn, ms: number): Promise<void> {
  const controller = new AbortController();
  turn.gone.watch(() => controller.abort());
  await clock.sleep(ms, controller.signal).catch(() => undefined);
  turn.gone.watch(null);
}
