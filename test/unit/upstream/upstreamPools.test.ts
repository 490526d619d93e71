import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TransportFailure, UpstreamRequest, UpstreamTurn } from '../../../src/core/upstreamPort.ts';
import { UpstreamPools } from '../../../src/upstream/upstreamPools.ts';

describe('UpstreamPools', () => {
  let server: Server;
  let listener: RequestListener;
  let pools: UpstreamPools;
  let origin: string;

  before(async () => {
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    pools = new UpstreamPools({ connectTimeoutMs: 1000 });
  });

  after(async () => {
    await pools.dispose();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  interface Seen { status: number | null; body: string; failure: TransportFailure | null }

  function call(changes: Partial<UpstreamRequest> = {}, onData: (turn: UpstreamTurn) => void = () => undefined): Promise<Seen> {
    const { promise, resolve } = Promise.withResolvers<Seen>();
    const seen: Seen = { status: null, body: '', failure: null };
    const request: UpstreamRequest = { origin, proxy: null, path: '/x', method: 'POST', headers: ['x-a', '1'], body: Buffer.from('body'), headersTimeoutMs: 0, idleTimeoutMs: 0, ...changes };
    const turn: UpstreamTurn = pools.open(request, {
      onHead: (status) => void (seen.status = status),
      onData: (chunk) => {
        seen.body += Buffer.from(chunk).toString();
        onData(turn);
      },
      onEnd: () => resolve(seen),
      onFailure: (failure) => resolve({ ...seen, failure }),
    });
    return promise;
  }

  it('carries method, headers and body there and status and body back', async () => {
    listener = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => response.writeHead(201).end(`${request.method} ${String(request.headers['x-a'])} ${body}`));
    };
    assert.deepEqual(await call(), { status: 201, body: 'POST 1 body', failure: null });
  });

  it('says connect when nothing was sent', async () => {
    const closed = createServer();
    await new Promise<void>((ready) => closed.listen(0, '127.0.0.1', ready));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    assert.equal((await call({ origin: `http://127.0.0.1:${port}` })).failure?.kind, 'connect');
    assert.equal((await call({ origin: 'http://name.invalid' })).failure?.kind, 'connect');
  });

  it('says reset when the connection dies before or within the answer', async () => {
    listener = (request) => request.socket.destroy();
    assert.equal((await call()).failure?.kind, 'reset');
    listener = (_request, response) => void response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy());
    assert.deepEqual((await call()).failure?.kind, 'reset');
  });

  it('never follows a redirect', async () => {
    listener = (request, response) => void (request.url === '/x' ? response.writeHead(302, { location: '/y' }).end() : response.end('followed'));
    assert.deepEqual(await call(), { status: 302, body: '', failure: null });
  });

  it('aborts the upstream socket at once', async () => {
    const left = Promise.withResolvers<void>();
    listener = (_request, response) => {
      response.on('close', () => left.resolve());
      response.writeHead(200).write('first');
    };
    const seen = await call({}, (turn) => turn.abort());
    assert.equal(seen.failure?.kind, 'aborted');
    await left.promise;
  });

  it('says idle when a stream falls silent', async () => {
    listener = (_request, response) => void response.writeHead(200).write('first');
    assert.equal((await call({ idleTimeoutMs: 50 })).failure?.kind, 'idle');
  }).timeout(5000);
});
