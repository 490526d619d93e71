import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handlers } from '../contract/rpc.ts';
import type { Log } from '../core/logger.ts';
import type { EventStream } from './eventStream.ts';
import { dispatch } from './dispatch.ts';
import { refusedStatus, type RpcGuard } from './guard.ts';

/** An import of ten thousand accounts fits. */
const mostBytes = 67_108_864;

export interface RpcRoutesDeps {
  readonly handlers: Handlers;
  readonly events: EventStream;
  readonly guard: RpcGuard;
  readonly log: Log;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** A call is over; `ms` from its arrival. */
  readonly onCall: (ms: number, failed: boolean) => void;
}

/** `POST /rpc`, `GET /rpc/events` and `GET /metrics`, for whichever listener mounts them. True when the request was theirs. */
export function rpcRoutes(deps: RpcRoutesDeps): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const [path, query] = (request.url ?? '').split('?', 2);
    if (path !== '/rpc' && path !== '/rpc/events' && path !== '/metrics') return false;
    const refused = refusedStatus(request, deps.guard);
    if (path === '/metrics') {
      if (refused !== null || request.method !== 'GET') refuse(response, refused ?? 405);
      else void sendMetrics(deps, response);
      return true;
    }
    if (path === '/rpc/events') {
      if (refused !== null || request.method !== 'GET') refuse(response, refused ?? 405);
      else deps.events.add(response, new URLSearchParams(query).get('accounts') === 'parts');
      return true;
    }
    const status = request.method !== 'POST' ? 405 : !isJson(request) ? 415 : refused;
    if (status !== null) refuse(response, status);
    else void serve(deps, request, response);
    return true;
  };
}

function isJson(request: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

/** The original's body for a refusal; the rest of an unread request must not be taken for the next one. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end('{}');
}

async function sendMetrics({ metrics, log }: RpcRoutesDeps, response: ServerResponse): Promise<void> {
  try {
    const { contentType, body } = await metrics();
    response.writeHead(200, { 'content-type': contentType }).end(body);
  } catch (thrown) {
    log('error', `The metrics could not be read: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`);
    refuse(response, 500);
  }
}

async function serve({ handlers, log, onCall }: RpcRoutesDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = performance.now();
  const text = await readText(request);
  if (text === null) return refuse(response, 413);
  const { status, body, failed } = await dispatch(handlers, text, log);
  onCall(performance.now() - startedAt, failed);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }).end(body);
}

/** Null when the body is too large or its sender left. */
function readText(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) return void chunks.push(chunk);
      request.pause();
      resolve(null);
    });
    request.once('end', () => resolve(Buffer.concat(chunks, size).toString()));
    request.once('error', () => resolve(null));
    request.once('close', () => resolve(null));
  });
}
