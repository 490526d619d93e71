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
}

/** `POST /rpc` and `GET /rpc/events`, for whichever listener mounts them. True when the request was theirs. */
export function rpcRoutes(deps: RpcRoutesDeps): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const [path, query] = (request.url ?? '').split('?', 2);
    if (path !== '/rpc' && path !== '/rpc/events') return false;
    const refused = refusedStatus(request, deps.guard);
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

async function serve({ handlers, log }: RpcRoutesDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request);
  if (text === null) return refuse(response, 413);
  const { status, body } = await dispatch(handlers, text, log);
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
