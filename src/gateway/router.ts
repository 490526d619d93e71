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
import { serveTurn } from './serveTurn.ts';

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
      this.#route(request, response, path);
      this.#context.meter.answered(path, response.statusCode);
    } catch (thrown) {
      this.#refuse(request, response, AppError.from(thrown));
      this.#context.meter.answered(path, response.statusCode);
    }
  };

  /** Whether a turn could be answered now: for whoever decides if this gateway gets traffic. */
  #tellReady(response: ServerResponse): void {
    const { pool, clock, isPaused } = this.#context;
    if (isPaused()) return void response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '30' }).end('the gateway is paused');
    const ready = selectAccount(pool.list(), { ...anyRequest, now: clock.now(), tried: new Set() }) !== null;
    response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain' }).end(ready ? 'ready' : 'no account can take a request');
  }

  #route(request: IncomingMessage, response: ServerResponse, path: string): void {
    const route = routeOf(path);
    const method = request.method ?? 'GET';
    if (method === 'HEAD') return void response.writeHead(200).end();
    if (route === '/responses' && method === 'GET') return this.#refuseUpgrade(response);
    if (route === '/models' && method === 'GET') return this.#serveModels(request, response);
    throw new AppError('notFound', `CodexManager's gateway does not serve ${method} ${path.slice(0, 200)}. It serves POST /v1/responses and GET /v1/models.`);
  }

  #serveModels(request: IncomingMessage, response: ServerResponse): void {
    refuseClosed(this.#context, authenticate(request.headers, this.#context.keys));
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
