import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyRecord } from '../core/records.ts';
import type { RequestFacts } from '../protocol/requestFacts.ts';
import type { GatewayContext } from './context.ts';
import { effortUnder } from '../core/keyLimits.ts';
import { AppError } from '../core/appError.ts';
import { hideSecrets } from '../core/hideSecrets.ts';
import { editRequest } from '../protocol/editRequest.ts';
import { scanRequest } from '../protocol/scanRequest.ts';
import { authenticate } from './authenticate.ts';
import { BoundRequest } from './boundRequest.ts';
import { conversationOf, namedByHeader } from './conversation.ts';
import { enterKey, refuseClosed, type LeaveKey } from './keyLimits.ts';
import { JsonClient } from './jsonClient.ts';
import { openFirstWilling } from './openFirstWilling.ts';
import { passGate } from './passGate.ts';
import { readBody } from './readBody.ts';
import { refusalOf } from './refusals.ts';
import { responsesRefusal } from '../protocol/responses/errorBody.ts';
import { clientHeaders } from './requestHeaders.ts';
import { requestRow } from './requestRow.ts';
import { defaultKeepAliveMs, SseClient } from './sseClient.ts';
import { traceBody, traceFinal, traceStart } from './traceLines.ts';
import { ClientGone, newEntry, type Turn, type TurnEntry } from './turn.ts';

/** Status in the log of a request whose client left before an answer (nginx's 499). */
const clientClosedRequest = 499;

/** A request for a turn, before anything of it was believed. */
export interface IncomingTurn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path on the gateway, for the log. */
  readonly path: string;
  readonly traceId: string;
}

/** One Responses request from its first byte to its row in the log. Read this function and you know the gateway. */
export async function serveTurn(context: GatewayContext, incoming: IncomingTurn): Promise<void> {
  const { request, response } = incoming;
  const entry = newEntry(context.clock.now(), request.headers['user-agent']);
  const sentBefore = request.socket.bytesWritten;
  const gone = new ClientGone();
  let leaveGate = (): void => undefined;
  context.meter.active += 1;
  let leaveKey: LeaveKey | null = null;
  let understood = false;
  response.on('close', () => {
    if (!response.writableFinished) gone.leave();
  });
  try {
    const key = authenticate(request.headers, context.keys);
    entry.keyId = key.id;
    entry.protocol = key.protocolType;
    refuseClosed(context, key);
    context.keys.used(key, entry.startedAt);
    const body = await readBody(request, context.config.maxBodyBytes);
    entry.requestBytes = body.length;
    const facts = scanRequest(body);
    const turn = readTurn(context, incoming, { key, body, facts, entry, gone });
    understood = true;
    traceStart(context, incoming, entry, turn);
    traceBody(context, turn.traceId, body);
    if (key.limits !== null) leaveKey = await enterKey(context, turn, body.length);
    leaveGate = await passGate(context, turn);
    if (facts.stream) await withKeepAlives(context, turn, new SseClient(response, { now: () => context.clock.now(), keepAliveMs: defaultKeepAliveMs }));
    else await withDeadline(context, turn, new JsonClient(response, () => context.clock.now()));
  } catch (thrown) {
    refuse(context, incoming, entry, AppError.from(thrown));
  } finally {
    leaveGate();
    context.meter.active -= 1;
    if (!understood) traceStart(context, incoming, entry, null);
    const end = { gone: gone.gone, responseBytes: request.socket.bytesWritten - sentBefore, now: context.clock.now() };
    if (leaveKey) await leaveKey(entry, end.gone);
    finish(context, incoming, entry, end);
  }
}

interface Read {
  readonly key: KeyRecord;
  readonly body: Buffer;
  readonly facts: RequestFacts;
  readonly entry: TurnEntry;
  readonly gone: ClientGone;
}

/** What the key binds and bounds is written into the body, and what the ChatGPT backend demands (`stream` true, `store` false); every other byte stays. */
function readTurn({ bindings, settings }: GatewayContext, { request, path, traceId }: IncomingTurn, { key, body, facts, entry, gone }: Read): Turn {
  const effort = effortUnder(key.limits?.effortCeiling ?? null, key.reasoningEffort ?? facts.effort);
  const bound = editRequest(body, facts, {
    stream: true, store: false,
    ...(key.modelSlug === null ? {} : { model: key.modelSlug }),
    ...(effort === null || (key.reasoningEffort === null && effort === facts.effort) ? {} : { effort }),
  });
  const model = key.modelSlug ?? facts.model;
  const conversation = conversationOf(request.headers, facts);
  entry.model = model;
  entry.conversation = conversation;
  entry.effort = effort;
  const { originator, 'user-agent': userAgent, 'x-codex-turn-state': turnState } = request.headers;
  return {
    traceId, path, key, entry, gone,
    model, asking: { model, groups: key.accountGroups, plans: key.accountPlans },
    conversation,
    namedByHeader: namedByHeader(request.headers),
    request: new BoundRequest(bound, facts, typeof turnState === 'string' ? turnState : null, bindings),
    headers: clientHeaders(request.rawHeaders, typeof originator === 'string' ? originator : undefined, userAgent),
    tried: new Set(), outrun: [], failures: 0, waitUntil: entry.startedAt + settings.current.waitBudgetMs,
  };
}

/** However the turn ended, also when its client left, nothing more is written to it. */
async function withKeepAlives(context: GatewayContext, turn: Turn, client: SseClient): Promise<void> {
  try {
    await openFirstWilling(context, turn, client);
  } finally {
    client.stop();
  }
}

/** An answer that is not a stream shows nothing until its end, so its whole time is bounded. */
async function withDeadline(context: GatewayContext, turn: Turn, client: JsonClient): Promise<void> {
  const { totalTimeoutMs } = context.config;
  if (totalTimeoutMs === 0) return openFirstWilling(context, turn, client);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    client.refuse(refusalOf.timedOut());
    turn.gone.leave();
  }, totalTimeoutMs);
  try {
    await openFirstWilling(context, turn, client);
  } finally {
    clearTimeout(timer);
  }
  if (late) turn.entry.error = 'total_timeout';
}

function refuse({ log }: GatewayContext, { request, response, traceId }: IncomingTurn, entry: TurnEntry, error: AppError): void {
  entry.error = error.message;
  if (error.code === 'internal') log('error', `Request ${traceId} failed: ${error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : 'unknown cause'}`);
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { status, headers, body } = responsesRefusal(refusalOf.error(error), entry.startedAt);
  // What is left of a body that was not read would be taken for the next request.
  response.writeHead(status, request.complete ? headers : { ...headers, connection: 'close' }).end(body);
}

function finish(context: GatewayContext, { request, response, path, traceId }: IncomingTurn, entry: TurnEntry, { gone, responseBytes, now }: { readonly gone: boolean; readonly responseBytes: number; readonly now: number }): void {
  const status = gone && !response.headersSent ? clientClosedRequest : response.statusCode;
  // Whatever had gone wrong before, it is the client's leaving that ended the request.
  const reason = gone && entry.error !== 'total_timeout' ? 'client_gone' : entry.error;
  // The provider's words may hold what was sent to it.
  const error = reason === null ? null : hideSecrets(reason);
  const row = requestRow(entry, context.prices, { method: request.method ?? '-', path, traceId, status, error, now, dialect: 'responses', responseBytes });
  context.recorder.record(row);
  context.meter.ended(row, entry.protocol);
  traceFinal(context, traceId, entry, { status, error, now });
}
