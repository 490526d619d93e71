import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tlsFiles } from './tlsFiles.ts';

/** TLS before the fake provider, in HTTP/2 and HTTP/1.1, whichever the client takes. */
export interface TlsFront {
  readonly url: string;
  /** Where requests go on to. */
  target: string;
  /** The version of every request so far. */
  readonly versions: string[];
  /** HTTP/2 connections so far. */
  readonly sessions: Http2Session[];
  /** When set, requests are answered with so many pieces, as fast as they are taken. */
  flood: { readonly piece: Buffer; readonly pieces: number; readonly end: Buffer } | null;
  /** Pieces of floods that found room. */
  readonly flooded: number;
  dispose(): Promise<void>;
}

/** Of one connection, not of the request; HTTP/2 does not know them. */
const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host']);

export async function startTlsFront(): Promise<TlsFront> {
  const server = createSecureServer({ ...tlsFiles(), allowHTTP1: true }, (request, response) => {
    front.versions.push(request.httpVersion);
    if (front.flood) flood(request, response, front.flood, () => (flooded += 1));
    else passOn(front.target, request, response);
  });
  let flooded = 0;
  const sessions: Http2Session[] = [];
  server.on('session', (session) => sessions.push(session)).on('sessionError', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const front: TlsFront = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '', versions: [], sessions, flood: null,
    get flooded() { return flooded; },
    dispose: () => new Promise<void>((done) => {
      server.close(() => done());
      for (const session of sessions) session.destroy();
    }),
  };
  return front;
}

function passOn(target: string, request: Http2ServerRequest, response: Http2ServerResponse): void {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && !ofConnection.has(name)));
  const onward = httpRequest(target + request.url, { method: request.method, headers, agent: false }, (answer: IncomingMessage) => {
    response.writeHead(answer.statusCode ?? 500, Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !ofConnection.has(name))));
    answer.on('data', (chunk: Buffer) => void response.write(chunk)).on('end', () => void response.end()).on('error', breakOff);
  });
  const breakOff = (): void => void (request.httpVersionMajor === 2 ? request.stream : request.socket).destroy(new Error('broken off'));
  onward.on('error', breakOff);
  response.on('error', () => undefined).on('close', () => void onward.destroy());
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => void onward.write(chunk)).on('end', () => void onward.end());
}

function flood(request: Http2ServerRequest, response: Http2ServerResponse, { piece, pieces, end }: NonNullable<TlsFront['flood']>, onPiece: () => void): void {
  let left = pieces;
  const more = (): void => {
    for (; left > 0; left -= 1) {
      onPiece();
      if (!response.write(piece)) {
        left -= 1;
        return void response.once('drain', more);
      }
    }
    response.end(end);
  };
  response.on('error', () => undefined);
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    more();
  }).resume();
}
