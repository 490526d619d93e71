import type { IncomingMessage } from 'node:http';
import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from '../core/records.ts';
import type { GatewayContext } from './context.ts';
import type { Turn, TurnEntry } from './turn.ts';
import { skipOf } from '../core/selectAccount.ts';
import { previewOf, shapeOf } from './tracePreview.ts';

/** At most so many skipped accounts are named per request. */
const mostSkips = 50;
/** Longest value of a field: clients and the provider decide how long theirs are. */
const mostValue = 500;
const lineBreak = /[\r\n]/;
const lineBreaks = /[\r\n]/g;

type Tracing = Pick<GatewayContext, 'recorder' | 'clock'>;
interface Incoming { readonly request: Pick<IncomingMessage, 'method'>; readonly path: string; readonly traceId: string }

/** `ts=… event=… trace_id=…`, how every line of the trace file begins; the fields follow in the original's order. */
function begin(now: number, event: string, traceId: string): string {
  return `ts=${Math.floor(now / 1000)} event=${event} trace_id=${traceId}`;
}

/** A value that somebody else wrote: `-` for nothing, no line breaks, not endless. */
function text(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  const short = value.length > mostValue ? value.slice(0, mostValue) : value;
  return lineBreak.test(short) ? short.replaceAll(lineBreaks, ' ') : short;
}

/** `turn` is null for a request that was refused before it was understood: only who sent it, if that was known, and where to. */
export function traceStart({ recorder, clock }: Tracing, { request, path, traceId }: Incoming, { keyId, model, effort }: TurnEntry, turn: Turn | null): void {
  const asked = turn ? `stream=${turn.request.facts.stream} protocol=${turn.key.protocolType}` : 'stream=- protocol=-';
  recorder.trace(`${begin(clock.now(), 'REQUEST_START', traceId)} key_id=${keyId ?? '-'} method=${text(request.method)} path=${text(path)} model=${text(model)} reasoning=${text(effort)} ${asked}`);
}

/** The body as the client sent it, decompressed. A preview is the client's own words, secrets in them included, so there is none unless somebody asked for it. */
export function traceBody({ recorder, clock, config }: Tracing & Pick<GatewayContext, 'config'>, traceId: string, body: Buffer): void {
  recorder.trace(`${begin(clock.now(), 'REQUEST_BODY', traceId)} len=${body.length} ${previewOf(body, config.trace.previewBytes)}`);
}

export function traceFinal({ recorder }: Tracing, traceId: string, { accountId, upstreamUrl, startedAt }: TurnEntry, end: { readonly status: number; readonly error: string | null; readonly now: number }): void {
  recorder.trace(`${begin(end.now, 'REQUEST_FINAL', traceId)} status=${end.status} account_id=${accountId ?? '-'} upstream_url=${upstreamUrl ?? '-'} elapsed_ms=${end.now - startedAt} error=${text(end.error)}`);
}

export function traceCandidates({ recorder, clock, routes }: GatewayContext, turn: Turn, candidates: readonly StoredAccount[]): void {
  const ordered = candidates.map(({ account }) => `${account.id}#sort=${account.sort}`).join(',') || '-';
  recorder.trace(`${begin(clock.now(), 'CANDIDATE_POOL', turn.traceId)} key_id=${turn.key.id} strategy=${routes.strategy} ordered_candidates=${ordered}`);
}

/** The request asks to be let through the gate of its key, path and model. Written for every request that passes the gate, also when nobody is before it. */
export function traceGateWait({ recorder, clock }: Tracing, turn: Turn): void {
  recorder.trace(begin(clock.now(), 'REQUEST_GATE_WAIT', turn.traceId) + gated(turn));
}

export function traceGateAcquired({ recorder, clock }: Tracing, turn: Turn, waitMs: number): void {
  recorder.trace(`${begin(clock.now(), 'REQUEST_GATE_ACQUIRED', turn.traceId)}${gated(turn)} wait_ms=${waitMs}`);
}

/** The request goes on without having been let through. */
export function traceGateSkip({ recorder, clock }: Tracing, turn: Turn, reason: string): void {
  recorder.trace(`${begin(clock.now(), 'REQUEST_GATE_SKIP', turn.traceId)} reason=${text(reason)}`);
}

function gated({ key, path, model }: Turn): string {
  return ` key_id=${key.id} path=${text(path)} model=${text(model)}`;
}

/** The accounts before `chosen` that could not be asked, and the start at `chosen`. A candidate's number is its place in the whole pool. */
export function traceSkips({ recorder, clock, pool }: GatewayContext, turn: Turn, chosen: AccountId): void {
  const now = clock.now();
  const accounts = pool.list();
  let place = 0;
  for (; place < accounts.length; place += 1) {
    const candidate = accounts[place];
    if (!candidate || candidate.account.id === chosen) break;
    const skip = place < mostSkips && !turn.tried.has(candidate.account.id) ? skipOf(candidate, turn.asking, now) : null;
    if (skip) recorder.trace(`${begin(now, 'CANDIDATE_SKIP', turn.traceId)} candidate=${place + 1}/${accounts.length} account_id=${candidate.account.id} reason=${text(skip.reason)}`);
  }
  turn.entry.candidate = `${place + 1}/${accounts.length}`;
  recorder.trace(`${begin(now, 'CANDIDATE_START', turn.traceId)} candidate=${turn.entry.candidate} account_id=${chosen} strip_session_affinity=${turn.request.leavesOut(chosen)}`);
}

/**
 * What one attempt is like. `account` is null for the OpenAI platform, which `accountId` pays for. Where the original's words do not fit, the nearest that is true:
 * `strip_session_affinity`: turn state, encrypted items or the reference to an earlier answer were left out, because another account gave them;
 * `session_source`: `failover_regen` when they were, `generated` when the client names no conversation (nothing is made up for it);
 * `has_turn_state`: the client sent one; `request_shape` costs a pass over the body and is `-` unless body previews are on.
 */
export function traceProfile({ recorder, clock, config }: GatewayContext, turn: Turn, { accountId, account, body }: { readonly accountId: AccountId; readonly account: AccountId | null; readonly body: Buffer }): void {
  const { request, conversation, entry, model } = turn;
  const stripped = request.leavesOut(account);
  const source = stripped ? 'failover_regen' : turn.namedByHeader ? 'incoming_header' : conversation === null ? 'generated' : 'prompt_cache_key';
  const shape = config.trace.previewBytes > 0 ? text(shapeOf(body)) : '-';
  recorder.trace(`${begin(clock.now(), 'ATTEMPT_PROFILE', turn.traceId)} account_id=${accountId} candidate=${account === null ? '-' : (entry.candidate ?? '-')} strip_session_affinity=${stripped} session_source=${source} has_turn_state=${request.hasTurnState} has_conversation=${conversation !== null} prompt_cache_key_fp=- request_shape=${shape} body_len=${body.length} body_model=${text(model)}`);
}

export function traceResult({ recorder, clock }: Tracing, turn: Turn, { accountId, status, error }: { readonly accountId: AccountId; readonly status: number | null; readonly error: string | null }): void {
  recorder.trace(`${begin(clock.now(), 'ATTEMPT_RESULT', turn.traceId)} account_id=${accountId} status=${status ?? '-'} upstream_url=${turn.entry.upstreamUrl ?? '-'} error=${text(error)}`);
}
