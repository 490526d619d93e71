import type { IncomingHttpHeaders } from 'node:http';
import { createSecureServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { kindHeader, readPace, sseEvents } from './answers.ts';
import { PacedStreams } from './pacedStreams.ts';
import { tlsFiles } from '../lab/tlsFiles.ts';

/**
 * The provider of the benchmarks behind TLS, in HTTP/2 and HTTP/1.1, whichever the client takes. Says its port; then a line of input is a fault that befalls the
 * oldest connection or stream, or asks for `sockets`, and each is answered with how many connections are open. Ends when its input does.
 */
const paced = new PacedStreams();
const connections = new Set<Duplex>();
const sessions = new Set<Http2Session>();
const resets = new Set<() => void>();

function answer(headers: IncomingHttpHeaders, output: Writable, reset: () => void): void {
  resets.add(reset);
  output.on('close', () => resets.delete(reset)).on('error', () => undefined);
  const pace = readPace(String(headers[kindHeader]));
  if (pace) return paced.add(output, pace);
  for (const event of sseEvents) output.write(event);
  output.end();
}

function keep<T extends Duplex | Http2Session>(all: Set<T>, one: T): void {
  all.add(one);
  (one as Duplex).on('close', () => all.delete(one));
}

const server = createSecureServer({ ...tlsFiles(), allowHTTP1: true }, (request, response) => {
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    answer(request.headers, response, () => request.socket.destroy());
  }).resume();
});
// Without the objects that make an HTTP/2 stream look like HTTP/1: they would cost more than what is measured.
server.removeAllListeners('stream');
server.on('stream', (stream: ServerHttp2Stream, headers) => {
  stream.on('error', () => undefined).on('end', () => {
    if (stream.destroyed) return;
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
    // `close(code)` would end the stream properly first; this resets it with INTERNAL_ERROR.
    answer(headers, stream, () => stream.destroy(new Error('reset')));
  }).resume();
});
server.on('secureConnection', (socket: Duplex) => keep(connections, socket));
server.on('session', (session) => keep(sessions, session));
server.on('sessionError', () => undefined);

function first<T>(all: ReadonlySet<T>): T | undefined {
  return all.values().next().value;
}

const faults: Readonly<Record<string, () => void>> = {
  /** The connection is gone without a word. */
  close: () => first(connections)?.destroy(),
  /** What a server says before it restarts: no new streams here. HTTP/1.1 has nothing of the kind. */
  goaway: () => first(sessions)?.close(),
  reset: () => first(resets)?.(),
};

createInterface(process.stdin).on('line', (line) => {
  faults[line]?.();
  process.stdout.write(`${connections.size}\n`);
}).on('close', () => process.exit(0));
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
