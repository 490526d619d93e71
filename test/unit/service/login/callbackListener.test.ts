import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { CallbackListener, type CallbackConfig } from '../../../../src/service/login/callbackListener.ts';
import { bindLoopback } from '../../../../src/service/login/bindLoopback.ts';
import { signedIn, type LoginAnswer } from '../../../../src/service/login/loginAnswers.ts';
import { AccountId } from '../../../../src/contract/account.ts';
import { send, type Reply } from '../../../lab/gatewayUnderTest.ts';

const good = signedIn({ accountId: AccountId.parse('acc_1'), name: 'a@example.com', created: true, otherAccount: false });
const base: CallbackConfig = { issuer: 'http://127.0.0.1:9', redirectUri: null, loginListen: { host: 'localhost', port: 0 }, loginNonLoopback: false, allowedHosts: [] };

describe('CallbackListener', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const listener = (config: Partial<CallbackConfig> = {}, answer: (query: URLSearchParams) => Promise<LoginAnswer> = () => Promise.resolve(good), secondPort?: number): CallbackListener => {
    const made = new CallbackListener({ ...base, ...config }, answer, secondPort);
    ends.push(() => made.dispose());
    return made;
  };
  /** Another program on a port. */
  const occupy = async (host = '127.0.0.1', port = 0): Promise<number> => {
    const server: Server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    return (server.address() as AddressInfo).port;
  };
  const get = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> => send(url, { method, headers });
  const refused = (url: string): Promise<boolean> => get(url).then(() => false, () => true);

  it('is there on both loopback addresses between the first acquire and the last release, and never else', async () => {
    const callbacks = listener();
    const { redirectUri, warning } = await callbacks.acquire();
    assert.equal(warning, null);
    assert.match(redirectUri, /^http:\/\/localhost:\d+\/auth\/callback$/);
    const { port } = new URL(redirectUri);
    assert.equal((await callbacks.acquire()).redirectUri, redirectUri);
    callbacks.release();
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) assert.equal((await get(`http://${host}:${port}/auth/callback?code=c&state=s`)).status, 200, host);
    callbacks.release();
    for (const host of ['127.0.0.1', '[::1]']) assert.ok(await refused(`http://${host}:${port}/auth/callback`), host);
    assert.equal((await callbacks.acquire()).warning, null, 'and it opens again');
  });

  it('lets in a GET of the callback for a host of this computer, and nothing else', async () => {
    const queries: string[] = [];
    const callbacks = listener({ allowedHosts: ['proxy.example'] }, (query) => {
      queries.push(query.toString());
      return Promise.resolve(good);
    });
    const { redirectUri } = await callbacks.acquire();
    const { origin, host } = new URL(redirectUri);
    assert.equal((await get(`${origin}/`)).status, 404);
    assert.equal((await get(`${origin}/favicon.ico`)).status, 404);
    assert.equal((await get(`${origin}/auth/callback/x`)).status, 404);
    for (const method of ['POST', 'HEAD', 'OPTIONS']) assert.equal((await get(redirectUri, {}, method)).status, 405);
    for (const name of ['evil.example', 'localhost.evil.example']) assert.equal((await get(`${redirectUri}?code=c&state=s`, { host: name })).status, 403, name);
    assert.deepEqual(queries, []);
    for (const name of [host, 'proxy.example']) assert.equal((await get(`${redirectUri}?code=c&state=s`, { host: name })).status, 200);
    assert.deepEqual(queries, ['code=c&state=s', 'code=c&state=s']);
  });

  it('answers with a page that stands alone, is kept nowhere, and ends the connection', async () => {
    const { redirectUri } = await listener().acquire();
    const { headers, body } = await get(redirectUri, { connection: 'keep-alive' });
    const policy = /^default-src 'none'; style-src 'nonce-([^']+)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/.exec(String(headers['content-security-policy']));
    assert.equal(/<style nonce="([^"]+)">/.exec(body)?.[1], policy?.[1]);
    assert.ok(policy?.[1]);
    assert.deepEqual([headers['cache-control'], headers['referrer-policy'], headers['x-content-type-options'], headers.connection], ['no-store', 'no-referrer', 'nosniff', 'close']);
    assert.match(body, /Signed in as a@example\.com/);
  });

  it('shows a page also when something unforeseen happens', async () => {
    const { redirectUri } = await listener({}, () => Promise.reject(new Error('secret detail'))).acquire();
    const { status, body } = await get(redirectUri);
    assert.equal(status, 500);
    assert.match(body, /Sign-in failed/);
    assert.ok(!body.includes('secret detail'));
  });

  it('gives the port back at once, and still lets the page go out that is being written', async () => {
    let answer = (): void => undefined;
    let asked = (): void => undefined;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const callbacks = listener({}, () => new Promise((resolve) => {
      answer = () => resolve(good);
      asked();
    }));
    const { redirectUri } = await callbacks.acquire();
    const spare = connect(Number(new URL(redirectUri).port), '127.0.0.1');
    ends.push(() => spare.destroy());
    const spareEnded = new Promise((resolve) => spare.once('close', resolve));
    await new Promise((resolve) => spare.once('connect', resolve));
    const page = get(redirectUri);
    await wasAsked;
    callbacks.release();
    await occupy('127.0.0.1', Number(new URL(redirectUri).port));
    answer();
    assert.equal((await page).status, 200);
    await spareEnded;
  });

  for (const host of ['127.0.0.1', '::1']) {
    it(`takes Codex CLI's second port when another program has the first on ${host}`, async () => {
      const busy = await occupy(host);
      const second = await occupy();
      await ends.pop()?.();
      const { redirectUri, warning } = await listener({ loginListen: { host: 'localhost', port: busy } }, undefined, second).acquire();
      assert.deepEqual([redirectUri, warning], [`http://localhost:${second}/auth/callback`, null]);
    });
  }

  it('takes any free port only of an issuer that is not the official one', async () => {
    const [busy, second] = [await occupy(), await occupy()];
    const loginListen = { host: 'localhost', port: busy };
    const other = await listener({ loginListen }, undefined, second).acquire();
    assert.equal(other.warning, null);
    assert.ok(![busy, second].includes(Number(new URL(other.redirectUri).port)));
    const official = await listener({ loginListen, issuer: 'https://auth.openai.com' }, undefined, second).acquire();
    assert.equal(official.redirectUri, `http://localhost:${busy}/auth/callback`);
    for (const port of [busy, second]) assert.ok(official.warning?.includes(`port ${port} is used by node (process ${process.pid})`), official.warning ?? '');
    assert.match(official.warning ?? '', /Close that program, or set CODEXMANAGER_LOGIN_ADDR .* paste the address .* device code/);
  });

  it('uses a fixed redirect as it is, and hears it where it leads on this computer', async () => {
    const port = await occupy();
    await ends.pop()?.();
    const redirectUri = `http://localhost:${port}/back`;
    assert.deepEqual(await listener({ redirectUri }).acquire(), { redirectUri, warning: null });
    assert.equal((await get(`http://127.0.0.1:${port}/back?code=c`)).status, 200);
    const proxied = await listener({ redirectUri: 'https://login.example/auth/callback', loginListen: { host: '127.0.0.1', port: 0 } }).acquire();
    assert.deepEqual(proxied, { redirectUri: 'https://login.example/auth/callback', warning: null });
    const busy = await occupy();
    assert.match((await listener({ redirectUri: `http://127.0.0.1:${busy}/auth/callback` }).acquire()).warning ?? '', new RegExp(`port ${busy} is used by`));
  });

  it('refuses addresses that other computers reach, unless they are wished for', async () => {
    const loginListen = { host: '0.0.0.0', port: 0 };
    const { warning, redirectUri } = await listener({ loginListen }).acquire();
    assert.match(warning ?? '', /0\.0\.0\.0:0.*not a loopback address.*CODEXMANAGER_LOGIN_ADDR.*CODEXMANAGER_ALLOW_NON_LOOPBACK_LOGIN_ADDR/);
    assert.equal(redirectUri, 'http://localhost:1455/auth/callback');
    assert.equal((await listener({ loginListen, loginNonLoopback: true }).acquire()).warning, null);
    assert.match((await listener({ loginListen: { host: '192.0.2.1', port: 0 }, loginNonLoopback: true }).acquire()).warning ?? '', /192\.0\.2\.1:0 \(EADDRNOTAVAIL\).*CODEXMANAGER_LOGIN_ADDR/);
  });

  it('keeps nothing open that was released or ended while it began', async () => {
    const callbacks = listener();
    const first = callbacks.acquire();
    callbacks.release();
    const { redirectUri, warning } = await first;
    assert.notEqual(warning, null);
    assert.ok(await refused(redirectUri));
    const opening = callbacks.acquire();
    callbacks.dispose();
    assert.notEqual((await opening).warning, null);
  });
});

describe('bindLoopback', () => {
  it('finds one free number for both families', async () => {
    const bound = await bindLoopback('localhost', 0, (_request, response) => response.end('here'));
    assert.ok(bound.kind === 'listening');
    try {
      for (const host of ['127.0.0.1', '[::1]']) assert.equal((await send(`http://${host}:${bound.port}/`, { method: 'GET' })).body, 'here');
    } finally {
      bound.destroy();
    }
  });
});
