import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TransportFailure, UpstreamTurn } from '../../../src/core/upstreamPort.ts';
import { UpstreamPools, type UpstreamPoolsOptions } from '../../../src/upstream/upstreamPools.ts';
import { startProxy, startTlsFront, testCa, testIdentity, type ProxyOptions, type TestProxy } from '../../lab/proxies.ts';

const login = { user: 'us:er@x', password: 'p%4 ss/ü' };

describe('UpstreamPools through proxies', () => {
  let server: Server;
  let listener: RequestListener;
  let to: number;
  let ends: (() => Promise<unknown>)[];

  beforeEach(async () => {
    ends = [];
    listener = (request, response) => response.end(`${request.method} ${request.url} ${request.headers.host}`);
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    to = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  async function proxyOf(options: Partial<ProxyOptions> & Pick<ProxyOptions, 'kind'>): Promise<TestProxy> {
    const proxy = await startProxy({ to, ...options });
    ends.push(proxy.dispose);
    return proxy;
  }

  function poolsOf(options: Partial<UpstreamPoolsOptions> = {}): UpstreamPools {
    const pools = new UpstreamPools({ connectTimeoutMs: 2_000, ca: () => [testCa], ...options });
    ends.push(() => pools.dispose());
    return pools;
  }

  interface Seen { status: number; body: string; failure: TransportFailure | null }

  function call(pools: UpstreamPools, proxy: string | null, origin = 'http://lab.test:81', onData: (turn: UpstreamTurn) => void = () => undefined): Promise<Seen> {
    const { promise, resolve } = Promise.withResolvers<Seen>();
    const seen: Seen = { status: 0, body: '', failure: null };
    const turn = pools.open({ origin, proxy, path: '/x', method: 'POST', headers: [], body: Buffer.from('b'), headersTimeoutMs: 0, idleTimeoutMs: 0 }, {
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

  for (const kind of ['http', 'https', 'socks5'] as const) {
    it(`sends everything through a tunnel of a ${kind} proxy, which resolves the name, and keeps it open`, async () => {
      const [proxy, pools] = [await proxyOf({ kind }), poolsOf()];
      assert.deepEqual(await call(pools, proxy.url), { status: 200, body: 'POST /x lab.test:81', failure: null });
      await new Promise(setImmediate); // undici takes the connection back
      await call(pools, proxy.url);
      assert.deepEqual(proxy.tunnels, ['lab.test:81']);
    });

    it(`speaks TLS with the provider inside a tunnel of a ${kind} proxy`, async () => {
      const front = await startTlsFront(to);
      ends.push(front.dispose);
      const [proxy, pools] = [await proxyOf({ kind, to: front.port }), poolsOf()];
      assert.deepEqual(await call(pools, proxy.url, 'https://lab.test'), { status: 200, body: 'POST /x lab.test', failure: null });
      assert.deepEqual(proxy.tunnels, ['lab.test:443']);
      const stranger = await call(pools, proxy.url, 'https://other.test');
      assert.deepEqual(stranger.failure, { kind: 'connect', message: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });

    it(`signs in to a ${kind} proxy, and says when it wants a login or refuses one`, async () => {
      const [proxy, pools] = [await proxyOf({ kind, login }), poolsOf()];
      assert.equal((await call(pools, proxy.url)).status, 200);
      const status = kind === 'socks5' ? '' : ' 407';
      const words = (why: string): string => (status === '' ? `proxy refused: it ${why}` : `proxy refused: 407 (it ${why})`);
      assert.deepEqual((await call(pools, `${kind}://127.0.0.1:${proxy.port}`)).failure, { kind: 'connect', message: words('wants a user and a password') });
      assert.deepEqual((await call(pools, `${kind}://other:secret@127.0.0.1:${proxy.port}`)).failure, { kind: 'connect', message: words('does not take this user and password') });
    });

    it(`says connect, and why, when a ${kind} proxy is no help`, async () => {
      const [proxy, pools] = [await proxyOf({ kind }), poolsOf({ connectTimeoutMs: 300 })];
      const failureOf = async (): Promise<TransportFailure | null> => (await call(pools, proxy.url)).failure;
      proxy.behave(kind === 'socks5' ? 4 : 502);
      assert.deepEqual(await failureOf(), { kind: 'connect', message: kind === 'socks5' ? 'proxy refused: the host is not reachable' : 'proxy refused: 502' });
      await proxy.idle();
      proxy.behave('close');
      assert.match((await failureOf())?.message ?? '', /^the proxy closed the connection/);
      proxy.behave('garbage');
      assert.deepEqual(await failureOf(), { kind: 'connect', message: `the proxy does not answer as ${kind === 'socks5' ? 'a SOCKS 5' : 'an HTTP'} proxy does` });
      proxy.behave('hang');
      assert.deepEqual(await failureOf(), { kind: 'connect', message: 'the proxy did not answer in time' });
      await proxy.dispose();
      ends = ends.filter((end) => end !== proxy.dispose);
      assert.deepEqual(await failureOf(), { kind: 'connect', message: 'the proxy cannot be reached: the connection was refused (ECONNREFUSED)' });
      assert.match((await call(pools, `${kind}://name.invalid:1`)).failure?.message ?? '', /^the proxy's name was not found/);
    });
  }

  it('trusts only whom it is told to, proxy and provider alike, unless certificates are not to be checked', async () => {
    const front = await startTlsFront(to);
    ends.push(front.dispose);
    const [plain, tls] = [await proxyOf({ kind: 'http', to: front.port }), await proxyOf({ kind: 'https', to: front.port })];
    const strict = poolsOf({ ca: () => null });
    assert.deepEqual((await call(strict, plain.url, 'https://lab.test')).failure, { kind: 'connect', message: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    assert.deepEqual((await call(strict, tls.url, 'https://lab.test')).failure, { kind: 'connect', message: 'the TLS connection to the proxy failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE)' });
    assert.deepEqual(tls.tunnels, []);
    assert.equal((await call(poolsOf({ ca: () => null, strictSsl: false }), tls.url, 'https://lab.test')).status, 200);
  });

  it('asks for certificates once, and only when a connection needs them', async () => {
    let asked = 0;
    const pools = poolsOf({ ca: () => {
      asked += 1;
      return [testCa];
    } });
    const [http, https] = [await proxyOf({ kind: 'http' }), await proxyOf({ kind: 'https' })];
    await call(pools, http.url);
    assert.equal(asked, 0);
    await call(pools, https.url);
    await call(pools, https.url, 'http://lab.test:82');
    assert.equal(asked, 1);
  });

  it('reaches this computer directly, whatever proxy is given, and everybody the general way', async () => {
    const [own, general] = [await proxyOf({ kind: 'http' }), await proxyOf({ kind: 'socks5' })];
    const pools = poolsOf({ generalProxy: () => general.url });
    await call(pools, own.url, `http://127.0.0.1:${to}`);
    await call(pools, null, `http://127.0.0.1:${to}`);
    assert.deepEqual([own.connections, general.connections], [0, 0]);
    await call(pools, null);
    await call(pools, own.url);
    assert.deepEqual([own.tunnels, general.tunnels], [['lab.test:81'], ['lab.test:81']]);
  });

  it('closes what nobody uses, and never a stream that runs', async () => {
    const [idle, busy] = [await proxyOf({ kind: 'http' }), await proxyOf({ kind: 'http' })];
    const pools = poolsOf();
    await call(pools, idle.url);
    const { promise: first, resolve: began } = Promise.withResolvers<void>();
    let goOn = (): void => undefined;
    listener = (_request, response) => {
      response.write('first ');
      goOn = () => response.end('last');
    };
    const stream = call(pools, busy.url, undefined, () => began());
    await first;
    assert.equal(pools.sweep(), 0, 'both were used since the last time');
    pools.pool('http://lab.test:81', idle.url);
    assert.deepEqual([pools.sweep(), pools.sweep(), pools.sweep()], [0, 1, 0]);
    goOn();
    assert.deepEqual(await stream, { status: 200, body: 'first last', failure: null });
    assert.equal(pools.sweep(), 1);
    listener = (_request, response) => response.end('new');
    assert.equal((await call(pools, idle.url)).body, 'new');
  });

  it('speaks HTTP/2 only when it is told to, directly and in a tunnel', async () => {
    const secure = createSecureServer({ ...testIdentity, allowHTTP1: true }, (request, response) => response.end(request.httpVersion));
    await new Promise<void>((ready) => secure.listen(0, '127.0.0.1', ready));
    const { port } = secure.address() as AddressInfo;
    ends.push(() => new Promise<void>((closed) => secure.close(() => closed())));
    const proxy = await proxyOf({ kind: 'socks5', to: port });
    for (const http2 of [false, true]) {
      const pools = poolsOf({ http2 });
      const wanted = http2 ? '2.0' : '1.1';
      assert.deepEqual([(await call(pools, null, `https://localhost:${port}`)).body, (await call(pools, proxy.url, 'https://lab.test')).body], [wanted, wanted]);
      const before = proxy.tunnels.length;
      await Promise.all([1, 2, 3].map(() => call(pools, proxy.url, 'https://proxy.test')));
      assert.equal(proxy.tunnels.length - before, http2 ? 1 : 3);
      await pools.dispose();
    }
  });

  it('gives a thousand streams at a time a connection each', async () => {
    const pools = poolsOf({ connectTimeoutMs: 20_000 });
    const { promise: all, resolve } = Promise.withResolvers<void>();
    const held: (() => void)[] = [];
    listener = (_request, response) => {
      if (held.push(() => response.end()) === 1_000) resolve();
    };
    const calls = Array.from({ length: 1_000 }, () => call(pools, null, `http://127.0.0.1:${to}`));
    await all;
    for (const go of held) go();
    assert.deepEqual(new Set((await Promise.all(calls)).map(({ status }) => status)), new Set([200]));
  });
});
