import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The provider of the benchmarks: as little work per answer as possible, in a process of its own. What it answers is told by the model a request
 * names: `bench-sse` thirty events in one go, `bench-paced` events at the pace of PACE_MS with the time they were written, anything else small JSON.
 */

const filler = 'x'.repeat(90);

function event(type: string, fields: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function streamEvents(): string[] {
  const response = { id: 'resp_bench', object: 'response', status: 'in_progress', model: 'gpt-5.5', output: [] };
  const deltas = Array.from({ length: 25 }, (_, i) => event('response.output_text.delta', { sequence_number: i + 3, item_id: 'msg_1', output_index: 0, content_index: 0, delta: filler }));
  const item = { id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: filler }] };
  const usage = { input_tokens: 1200, input_tokens_details: { cached_tokens: 1024 }, output_tokens: 42, output_tokens_details: { reasoning_tokens: 16 }, total_tokens: 1242 };
  return [
    event('response.created', { response }), event('response.in_progress', { response }), event('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }),
    ...deltas,
    event('response.output_item.done', { output_index: 0, item }), event('response.completed', { response: { ...response, status: 'completed', usage } }),
  ];
}

const events = streamEvents();
/** In three writes, as a fast provider's bytes arrive. */
const bursts = [events.slice(0, 3), events.slice(3, 28), events.slice(28)].map((part) => Buffer.from(part.join('')));
const paceMs = Number(process.env['PACE_MS'] ?? 256);
const pacedEvents = Number(process.env['PACED_EVENTS'] ?? 20);

function sendPaced(response: ServerResponse): void {
  let sent = 0;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => {
    response.write(event('response.output_text.delta', { sequence_number: sent, at: process.hrtime.bigint().toString(), delta: 'x' }));
    sent += 1;
    if (sent < pacedEvents) return;
    clearInterval(timer);
    response.end(events.at(-1));
  }, paceMs);
  response.on('close', () => clearInterval(timer));
}

function answer(body: Buffer, response: ServerResponse): void {
  if (body.includes('"bench-paced"')) return sendPaced(response);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (body.includes('"bench-short"')) return void response.end(short);
  for (const burst of bursts) response.write(burst);
  response.end();
}

/** About 400 bytes: the least that a stream can be. */
const short = Buffer.from([events[27], events.at(-1)].join(''));

const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(Buffer.concat(chunks), response));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
