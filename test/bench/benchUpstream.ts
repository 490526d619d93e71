import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonBytes, kindHeader, readPace, smallStream, sseEvents } from './answers.ts';
import { PacedStreams } from './pacedStreams.ts';

/** The provider of the benchmarks, in a process of its own: as little work per answer as possible. Says its port, ends when its input does. */

const limits = ['x-request-id', 'req_bench', 'x-codex-primary-used-percent', '12', 'x-codex-primary-window-minutes', '300', 'x-codex-primary-reset-at', '4102444800',
  'x-codex-secondary-used-percent', '34', 'x-codex-secondary-window-minutes', '10080', 'x-codex-secondary-reset-at', '4102444800'];
const streamHead = ['content-type', 'text/event-stream; charset=utf-8', ...limits];
const jsonHead = ['content-type', 'application/json', 'content-length', String(jsonBytes.length), ...limits];
const paced = new PacedStreams();

function answer(request: IncomingMessage, response: ServerResponse): void {
  const header = request.headers[kindHeader];
  const kind = typeof header === 'string' ? header : 'sse';
  const wantsStream = (request.headers.accept ?? '').includes('text/event-stream');
  if (kind === 'json') return void (wantsStream ? response.writeHead(200, streamHead).end(smallStream) : response.writeHead(200, jsonHead).end(jsonBytes));
  response.writeHead(200, streamHead);
  const pace = readPace(kind);
  if (pace) return paced.add(response, pace);
  // A chunk per event, as the real backend writes them; Node sends what one turn of the loop wrote in one piece.
  for (const event of sseEvents) response.write(event);
  response.end();
}

const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true }, (request, response) => {
  request.on('end', () => {
    if (request.method === 'POST' && request.url?.endsWith('/responses')) answer(request, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}');
  });
  request.resume();
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
