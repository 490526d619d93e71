import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayContext } from './context.ts';
import { AppError } from '../core/appError.ts';
import { anyRequest, selectAccount } from '../core/selectAccount.ts';
import { bundledModels, modelsBody } from '../core/modelCatalogue.ts';
import { responsesRefusal } from '../protocol/responses/errorBody.ts';
import { authenticate } from './authenticate.ts';
import { refuseClosed } from './keyLimits.ts';
import { guardRequest } from './guard.ts';
import { refusalOf } from './refusals.ts';
import { requestRow } from './requestRow.ts';
import { serveTurn, type IncomingTurn } from './serveTurn.ts';
import { traceFinal, traceStart } from './traceLines.ts';
import { newEntry, type TurnEntry } from './turn.ts';

const prefixes = ['/backend-api/codex', '/v1'];

/** The path without the place it is mounted at: `/v1/responses`, `/backend-api/codex/responses` and `/responses` are one route. */
export function routeOf(path: string): string {
  const prefix = prefixes.find((candidate) => path.startsWith(`${candidate}/`));
  return prefix === undefined ? path : path.slice(prefix.length);
}

/** Answers every request on the gateway's port. Never throws and never leaves one without an answer. */
export class Router {
  readonly #context: GatewayContext;
  readonly #models = modelsBody(bundledModels);
  #count = 0;

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    try {
      guardRequest(request, this.#context.config);
      if (path === '/health') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      if (path === '/ready') return this.#tellReady(response);
      if (this.#context.mount?.(request, response)) return;
      this.#context.meter.requests += 1;
      if (routeOf(path) === '/responses' && request.method === 'POST') return void serveTurn(this.#context, { request, response, path, traceId: this.#traceId() });
      this.#serveOther(request, response, path);
    } catch (thrown) {
      // A stranger's request is refused and not written down: a web page could fill the log with them.
      this.#refuse(request, response, AppError.from(thrown));
      this.#context.meter.answered(path, response.statusCode);
    }
  };

  /** Everything but turns. What asks for something has a row in the log, also when it is refused; what only looks whether we are there has none. */
  #serveOther(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { method = 'GET' } = request;
    const isProbe = method === 'HEAD' || (method === 'GET' && routeOf(path) === '/responses');
    const entry = newEntry(this.#context.clock.now(), request.headers['user-agent']);
    const sentBefore = request.socket.bytesWritten;
    try {
      this.#route(request, response, path, entry);
    } catch (thrown) {
      const error = AppError.from(thrown);
      entry.error = error.message;
      this.#refuse(request, response, error);
    }
    this.#context.meter.answered(path, response.statusCode);
    if (!isProbe) this.#record({ request, response, path, traceId: this.#traceId() }, entry, request.socket.bytesWritten - sentBefore);
  }

  #record(incoming: IncomingTurn, entry: TurnEntry, responseBytes: number): void {
    const { clock, prices, recorder } = this.#context;
    const end = { status: incoming.response.statusCode, error: entry.error, now: clock.now() };
    recorder.record(requestRow(entry, prices, { ...end, method: incoming.request.method ?? 'GET', path: incoming.path, traceId: incoming.traceId, dialect: null, responseBytes }));
    traceStart(this.#context, incoming, entry, null);
    traceFinal(this.#context, incoming.traceId, entry, end);
  }

  /** Whether a turn could be answered now: for whoever decides if this gateway gets traffic. */
  #tellReady(response: ServerResponse): void {
    const { pool, clock, isPaused } = this.#context;
    if (isPaused()) return void response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '30' }).end('the gateway is paused');
    const ready = selectAccount(pool.list(), { ...anyRequest, now: clock.now(), tried: new Set() }) !== null;
    response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain' }).end(ready ? 'ready' : 'no account can take a request');
  }

  #route(request: IncomingMessage, response: ServerResponse, path: string, entry: TurnEntry): void {
    const route = routeOf(path);
    const method = request.method ?? 'GET';
    if (method === 'HEAD') return void response.writeHead(200).end();
    if (route === '/responses' && method === 'GET') return this.#refuseUpgrade(response);
    if (route === '/models' && method === 'GET') return this.#serveModels(request, response, entry);
    throw new AppError('notFound', `CodexManager's gateway does not serve ${method} ${path.slice(0, 200)}. It serves POST /v1/responses and GET /v1/models.`);
  }

  #serveModels(request: IncomingMessage, response: ServerResponse, entry: TurnEntry): void {
    const key = authenticate(request.headers, this.#context.keys);
    entry.keyId = key.id;
    refuseClosed(this.#context, key);
    response.writeHead(200, { 'content-type': 'application/json' }).end(this.#models);
  }

  /** 426 makes Codex fall back to HTTP at once and silently; anything else costs it seconds or the turn. */
  #refuseUpgrade(response: ServerResponse): void {
    const { body } = responsesRefusal({ status: 426, code: 'upgrade_required', type: 'invalid_request_error', message: 'WebSocket is not served here; use POST with server-sent events.' }, this.#context.clock.now());
    response.writeHead(426, { 'content-type': 'application/json', connection: 'close' }).end(body);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: AppError): void {
    if (error.code === 'internal') this.#context.log('error', `${request.method} failed: ${error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : 'unknown cause'}`);
    if (response.headersSent) return void response.destroy();
    const { status, headers, body } = responsesRefusal(refusalOf.error(error), this.#context.clock.now());
    response.writeHead(status, { ...headers, ...(request.complete ? {} : { connection: 'close' }) }).end(body);
  }

  #traceId(): string {
    this.#count += 1;
    return `trc_${this.#context.clock.now()}_${this.#count.toString(16)}`;
  }
}
