import assert from 'node:assert/strict';
import { createSecureServer, type Http2SecureServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createSecureHttp1 } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TransportFailure, UpstreamRequest, UpstreamTurn } from '../../../src/core/upstreamPort.ts';
import { UpstreamPools } from '../../../src/upstream/upstreamPools.ts';
import { tlsFiles, trustTestCertificate } from '../../lab/tlsFiles.ts';

describe('UpstreamPools over HTTP/2', () => {
  let server: Http2SecureServer;
  let onStream: (stream: ServerHttp2Stream) => void;
  let sessions: Http2Session[];
  let pools: UpstreamPools;
  let origin: string;
  let distrust: () => void;

  before(() => { distrust = trustTestCertificate(); });
  after(() => distrust());
  beforeEach(async () => {
    sessions = [];
    server = createSecureServer({ ...tlsFiles(), allowHTTP1: true });
    server.on('session', (session) => sessions.push(session)).on('sessionError', () => undefined);
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => undefined).on('end', () => onStream(stream)).resume();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    pools = new UpstreamPools({ connectTimeoutMs: 1000, http2: true });
  });
  afterEach(async () => {
    await pools.dispose();
    for (const session of sessions) session.destroy();
    await new Promise((closed) => server.close(closed));
  });

  interface Seen { status: number | null; bytes: number; failure: TransportFailure | null }

  function call(changes: Partial<UpstreamRequest> = {}, onData: (turn: UpstreamTurn) => void = () => undefined): Promise<Seen> {
    const { promise, resolve } = Promise.withResolvers<Seen>();
    const seen: Seen = { status: null, bytes: 0, failure: null };
    const request: UpstreamRequest = { origin, proxy: null, path: '/x', method: 'POST', headers: ['x-a', '1'], body: Buffer.from('body'), headersTimeoutMs: 0, idleTimeoutMs: 0, ...changes };
    const turn: UpstreamTurn = pools.open(request, {
      onHead: (status) => void (seen.status = status),
      onData: (chunk) => {
        seen.bytes += chunk.length;
        onData(turn);
      },
      onEnd: () => resolve(seen),
      onFailure: (failure) => resolve({ ...seen, failure }),
    });
    return promise;
  }

  const answer = (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 201 });
    stream.end('answer');
  };
  const begin = (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 200 });
    stream.write('first');
  };

  it('carries many calls over one connection', async () => {
    onStream = answer;
    const seen = await Promise.all(Array.from({ length: 30 }, () => call()));
    assert.deepEqual(seen, Array.from({ length: 30 }, () => ({ status: 201, bytes: 6, failure: null })));
    assert.equal(sessions.length, 1);
  });

  it('takes HTTP/1.1 where the provider speaks nothing newer', async () => {
    const old = createSecureHttp1(tlsFiles(), (request, response) => response.end(request.httpVersion));
    await new Promise<void>((ready) => old.listen(0, '127.0.0.1', ready));
    assert.deepEqual(await call({ origin: `https://127.0.0.1:${(old.address() as AddressInfo).port}` }), { status: 200, bytes: 3, failure: null });
    old.closeAllConnections();
    await new Promise((closed) => old.close(closed));
  });

  it('says connect when nothing was sent', async () => {
    const other = createSecureServer(tlsFiles());
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as AddressInfo;
    await new Promise((done) => other.close(done));
    assert.equal((await call({ origin: `https://127.0.0.1:${port}` })).failure?.kind, 'connect');
    distrust();
    assert.equal((await call()).failure?.kind, 'connect', 'a certificate nobody trusts');
    distrust = trustTestCertificate();
  });

  it('says reset when a stream is reset or its connection dies, before and within the answer', async () => {
    for (const [name, fault] of [
      ['reset before', (stream: ServerHttp2Stream) => void stream.destroy(new Error('reset'))],
      ['reset within', (stream: ServerHttp2Stream) => {
        begin(stream);
        stream.destroy(new Error('reset'));
      }],
      ['lost before', (stream: ServerHttp2Stream) => void stream.session?.destroy()],
      ['lost within', (stream: ServerHttp2Stream) => {
        begin(stream);
        setImmediate(() => stream.session?.destroy());
      }],
    ] as const) {
      onStream = fault;
      assert.equal((await call()).failure?.kind, 'reset', name);
    }
  });

  it('loses one of two streams when it is reset, and both with their connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    onStream = (stream) => {
      begin(stream);
      streams.push(stream);
      if (streams.length === 2) streams[0]?.destroy(new Error('reset'));
    };
    const calls = [call(), call()];
    const first = await Promise.race(calls);
    assert.equal(first.failure?.kind, 'reset');
    streams[1]?.end();
    assert.deepEqual((await Promise.all(calls)).map(({ failure }) => failure?.kind), ['reset', undefined]);
    streams.length = 0;
    onStream = (stream) => {
      begin(stream);
      if (streams.push(stream) === 2) stream.session?.destroy();
    };
    assert.deepEqual((await Promise.all([call(), call()])).map(({ failure }) => failure?.kind), ['reset', 'reset']);
  });

  it('aborts its own stream at once and leaves the others', async () => {
    const closed = Promise.withResolvers<void>();
    const streams: ServerHttp2Stream[] = [];
    onStream = (stream) => {
      streams.push(stream);
      if (streams.length === 2) stream.on('close', () => closed.resolve());
      begin(stream);
    };
    const stays = call();
    const leaves = call({}, (turn) => {
      if (streams.length === 2) turn.abort();
    });
    assert.equal((await leaves).failure?.kind, 'aborted');
    await closed.promise;
    streams[0]?.end('second');
    assert.deepEqual(await stays, { status: 200, bytes: 11, failure: null });
  });

  it('says headerTimeout without an answer and idle when a stream falls silent', async () => {
    onStream = () => undefined;
    assert.equal((await call({ headersTimeoutMs: 50 })).failure?.kind, 'headerTimeout');
    onStream = begin;
    assert.equal((await call({ idleTimeoutMs: 50 })).failure?.kind, 'idle');
  }).timeout(5_000);

  it('takes no more than a window of a stream that is paused, while others go on, and the rest when it is resumed', async () => {
    const size = 4_000_000;
    onStream = (stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(size));
    };
    const { promise: paused, resolve } = Promise.withResolvers<UpstreamTurn>();
    let bytes = 0;
    let held = true;
    const whole = new Promise<void>((done) => {
      const turn: UpstreamTurn = pools.open({ origin, proxy: null, path: '/', method: 'GET', headers: [], body: null, headersTimeoutMs: 0, idleTimeoutMs: 0 }, {
        onHead: () => undefined,
        onData: (chunk) => {
          bytes += chunk.length;
          if (!held) return;
          turn.pause();
          resolve(turn);
        },
        onEnd: done,
        onFailure: () => assert.fail('it failed'),
      });
    });
    const turn = await paused;
    onStream = answer;
    for (let i = 0; i < 100 && bytes < size; i += 1) assert.equal((await call()).status, 201);
    assert.ok(bytes < 600_000, `${bytes} bytes came`);
    held = false;
    turn.resume();
    await whole;
    assert.deepEqual([bytes, sessions.length], [size, 1]);
  });
});
