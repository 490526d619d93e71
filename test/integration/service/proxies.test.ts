import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId } from '../../../src/contract/account.ts';
import type { Method, Params } from '../../../src/contract/rpc.ts';
import { startLab } from '../../../src/lab/startLab.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { boundProxy } from '../../../src/core/proxyRoute.ts';
import { accountA, accountB, send, startHarness, type Harness, type HarnessExtras } from '../../lab/gatewayUnderTest.ts';
import { readLeader, startHeadless } from '../../lab/headless.ts';
import { startProxy, startTlsFront, testCaFile, type ProxyOptions, type TestProxy } from '../../lab/proxies.ts';
import { importAll, textSource } from '../imports/importing.ts';

/** Names that only a proxy can resolve, so that whatever goes another way fails. */
const hosts = {
  CODEXMANAGER_UPSTREAM_BASE_URL: 'http://codex.test/backend-api/codex', CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL: 'http://platform.test/v1', CODEXMANAGER_USAGE_BASE_URL: 'http://usage.test/backend-api',
  CODEXMANAGER_ISSUER: 'http://issuer.test', CODEXMANAGER_LOGIN_ADDR: 'localhost:0',
};
const login = { user: 'planted-user', password: 'planted-pass/word' };

describe('proxies of accounts', () => {
  let harness: Harness;
  let proxies: TestProxy[];
  let said: string[];

  beforeEach(() => {
    proxies = [];
    said = [];
  });
  afterEach(async () => {
    await harness.dispose();
    for (const proxy of proxies) await proxy.dispose();
  });

  async function proxyOf(kind: ProxyOptions['kind'], options: Partial<ProxyOptions> = {}): Promise<TestProxy> {
    const proxy = await startProxy({ kind, ...options });
    proxies.push(proxy);
    return proxy;
  }

  /** Every proxy leads to the lab, whatever host is asked for. */
  async function begin(accounts: Parameters<typeof startHarness>[0], env: Record<string, string> = {}, extras: HarnessExtras = {}): Promise<void> {
    harness = await startHarness(accounts, { ...hosts, ...env }, { log: (_level, message) => said.push(message), ...extras });
    for (const proxy of proxies) proxy.leadTo(Number(new URL(harness.lab.url).port));
  }

  async function through(label: string, proxy: TestProxy | null): Promise<AccountId> {
    const accountId = await harness.accountId(label);
    await harness.rpc.call('account/update', { accountId, proxyUrl: proxy?.url ?? null });
    return accountId;
  }

  /** The person signs in: the browser's part, which no proxy of ours carries. */
  async function signIn(email: string, accountId?: AccountId): Promise<void> {
    const { authUrl, loginId } = await harness.rpc.call('account/login/start', { openBrowser: false, ...(accountId && { accountId }) });
    const address = (await send(`${authUrl.replace('http://issuer.test', harness.lab.url)}&login_hint=${encodeURIComponent(email)}`, { method: 'GET' })).headers.location ?? '';
    assert.equal((await send(address, { method: 'GET' })).status, 200);
    assert.equal((await harness.rpc.call('account/login/status', { loginId, waitMs: 10_000 })).status, 'success');
  }

  const hostsOf = (proxy: TestProxy): string[] => [...new Set(proxy.tunnels)].sort();

  it('that cannot be reached lead the request to an account that goes another way, and bench nobody', async () => {
    const [gone, other] = [await proxyOf('http'), await proxyOf('http')];
    await begin([accountA, accountB, { label: 'c', email: 'c@example.com', subject: 'auth0|c', chatgptAccountId: 'acc-c' }]);
    const [a, b, c] = [await through('a', gone), await through('b', gone), await through('c', other)];
    await gone.dispose();
    assert.equal((await harness.ask()).status, 200);
    const [row] = (await harness.rpc.call('requestlog/list')).items;
    assert.deepEqual(row?.attempts.map(({ accountId, reason }) => [accountId, reason]), [[a, 'no connection: the proxy cannot be reached: the connection was refused (ECONNREFUSED)'], [a, 'no connection: the proxy cannot be reached: the connection was refused (ECONNREFUSED)'], [c, 'ok']], 'b goes the same dead way');
    assert.deepEqual((await harness.rpc.call('account/list')).items.map(({ availableAt }) => availableAt), [null, null, null]);
    await harness.rpc.call('account/update', { accountId: c, proxyUrl: gone.url });
    const reply = await harness.ask();
    assert.deepEqual([reply.status, reply.headers['retry-after']], [502, '2']);
    assert.match(reply.body, /upstream_unreachable/);
    assert.ok(b);
  });

  for (const kind of ['http', 'socks5'] as const) {
    it(`carry everything that is sent for an account, and nothing else (${kind})`, async () => {
      const [own, general] = [await proxyOf(kind, { login }), await proxyOf('http')];
      await begin([{ ...accountA, apiKey: 'sk-lab-a' }], {}, { network: { proxy: general.url }, lab: { accounts: [accountB] } });
      const accountId = await through('a', own);
      assert.equal((await harness.ask()).status, 200);
      assert.deepEqual(hostsOf(own), ['codex.test:80']);
      await harness.rpc.call('account/usage/refresh', { accountId });
      await harness.rpc.call('account/resetCredits/list', { accountId });
      assert.deepEqual(harness.lab.usageRequests, ['a']);
      assert.deepEqual(hostsOf(own), ['codex.test:80', 'usage.test:80']);
      await harness.rpc.call('account/tokens/refresh', { accountId });
      assert.deepEqual(hostsOf(own), ['codex.test:80', 'issuer.test:80', 'usage.test:80']);
      harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
      assert.equal((await harness.ask()).status, 200);
      assert.deepEqual(hostsOf(own), ['codex.test:80', 'issuer.test:80', 'platform.test:80', 'usage.test:80']);
      assert.deepEqual(general.tunnels, [], 'nothing of it went the way everybody goes');
      const issuerTunnels = own.tunnels.filter((host) => host === 'issuer.test:80').length;
      await signIn('a@example.com', accountId);
      assert.deepEqual([own.tunnels.filter((host) => host === 'issuer.test:80').length, general.tunnels.length], [issuerTunnels, 0], 'its new login came over the connection that was open');
      await signIn('b@example.com');
      assert.deepEqual(hostsOf(general), ['issuer.test:80'], 'an account that is not there yet goes the general way');
    });
  }

  it('carry the exchange for an API key of the platform', async () => {
    const own = await proxyOf('http');
    await begin([accountA], {}, { network: { proxy: 'http://127.0.0.1:9' } });
    const accountId = await through('a', own);
    await signIn('a@example.com', accountId);
    await harness.lab.until(() => harness.lab.apiKeys('a').asked > 0);
    assert.deepEqual(hostsOf(own), ['issuer.test:80']);
  });

  it('carry the question whose a personal access token is, when its file names a proxy', async () => {
    const [own, general] = [await proxyOf('http'), await proxyOf('http')];
    await begin([], {}, { network: { proxy: general.url }, lab: { accounts: [accountA, accountB] } });
    await importAll(harness.rpc, textSource(JSON.stringify({ personal_access_token: harness.lab.personalToken('a'), codexmanager: { proxyUrl: own.url } }), harness.lab.personalToken('b')));
    const { items } = await harness.rpc.call('account/list');
    assert.deepEqual(items.map(({ email, proxy }) => [email, proxy]), [['a@example.com', own.url], ['b@example.com', null]]);
    assert.deepEqual([hostsOf(own), hostsOf(general)], [['issuer.test:80'], ['issuer.test:80']]);
  });

  it('of a list are bound to the same accounts after every start, and an account\'s own comes before', async () => {
    const list = [await proxyOf('http'), await proxyOf('socks5'), await proxyOf('http', { login })];
    const own = await proxyOf('http');
    const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
    const accounts = labels.map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}` }));
    await begin(accounts, { CODEXMANAGER_PROXY_LIST: `${list.map(({ url }) => url).join(' ; ')},ftp://planted-user@x` }, { network: { proxy: 'http://127.0.0.1:9', noProxy: ['*'] } });
    const urls = list.map(({ url }) => url);
    for (let start = 0; start < 2; start += 1) {
      for (const label of labels) {
        const accountId = await harness.accountId(label);
        const before = list.map(({ tunnels }) => tunnels.length);
        await harness.rpc.call('gateway/manualAccount/set', { accountId });
        assert.equal((await harness.ask()).status, 200);
        const used = list.map(({ tunnels }, i) => tunnels.length > (before[i] ?? 0));
        const expected = urls.indexOf(boundProxy(urls, accountId) ?? '');
        // Accounts that share a proxy share its connections too.
        assert.ok(used.every((isUsed, i) => !isUsed || i === expected), label);
        assert.ok((list[expected]?.tunnels.length ?? 0) > 0, label);
      }
      await harness.restart();
      for (const proxy of list) proxy.tunnels.length = 0;
    }
    assert.ok(said.includes('CODEXMANAGER_PROXY_LIST: entry 4 is not a proxy and is left out.'));
    const accountId = await through('a', own);
    await harness.rpc.call('gateway/manualAccount/set', { accountId });
    assert.equal((await harness.ask()).status, 200);
    assert.deepEqual([hostsOf(own), list.flatMap(({ tunnels }) => tunnels)], [['codex.test:80'], []]);
  });

  it('leave out hosts of NO_PROXY unless they are an account\'s own, and this computer always', async () => {
    const [general, own] = [await proxyOf('http'), await proxyOf('http')];
    await begin([accountA], {}, { network: { variables: { HTTP_PROXY: general.url, NO_PROXY: 'usage.test,.issuer.test' }, noProxy: ['codex.test'] } });
    assert.equal((await harness.ask()).status, 502, 'codex.test cannot be found without a proxy');
    assert.equal(general.connections, 0);
    const accountId = await through('a', own);
    assert.equal((await harness.ask()).status, 200);
    await harness.rpc.call('account/usage/refresh', { accountId });
    assert.deepEqual(hostsOf(own), ['codex.test:80', 'usage.test:80']);
    await harness.dispose();
    await begin([accountA], { CODEXMANAGER_UPSTREAM_BASE_URL: '$LAB/backend-api/codex' }, { network: { proxy: general.url } });
    await through('a', own);
    const before = own.connections;
    assert.equal((await harness.ask()).status, 200);
    assert.deepEqual([own.connections, general.connections], [before, 0]);
  });

  it('that are down are no fault of their account', async () => {
    const [own, other] = [await proxyOf('http'), await proxyOf('http')];
    await begin([accountA]);
    await through('a', own);
    const view = async (): Promise<unknown> => {
      const { items: [account] } = await harness.rpc.call('account/list');
      return [account?.status, account?.statusReason, account?.availableAt];
    };
    const before = await view();
    for (const how of [407, 502, 'close'] as const) {
      own.behave(how);
      const reply = await harness.ask();
      assert.equal(reply.status, 502, String(how));
      assert.ok(Number(reply.headers['retry-after']) > 0);
    }
    assert.deepEqual(await view(), before);
    await assert.rejects(harness.rpc.call('account/usage/refresh', { accountId: await harness.accountId('a') }), /the proxy closed the connection/);
    await through('a', other);
    assert.equal((await harness.ask()).status, 200, 'the next request takes the new proxy');
  });

  it('are changed under a stream without cutting it', async () => {
    const [first, second] = [await proxyOf('http'), await proxyOf('socks5', { login })];
    await begin([accountA]);
    const accountId = await through('a', first);
    // What comes once the lab is released is the client's own fault, and so reaches it as it came.
    harness.lab.script('a', [{ kind: 'failed', code: 'context_length_exceeded', message: 'scripted', afterEvents: 6, hold: true }]);
    const { promise: streams, resolve } = Promise.withResolvers<void>();
    const stream = send(`${harness.url}/v1/responses`, {
      method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }] }),
      headers: { authorization: `Bearer ${harness.key}`, 'content-type': 'application/json' }, onFirst: resolve,
    });
    await streams;
    await harness.rpc.call('account/updateMany', { accountIds: [accountId], proxyUrl: second.url });
    assert.equal((await harness.ask()).status, 200);
    assert.deepEqual([first.tunnels, second.tunnels], [['codex.test:80'], ['codex.test:80']]);
    harness.lab.release();
    assert.match((await stream).body, /"context_length_exceeded"/);
    await harness.rpc.call('account/update', { accountId, proxyUrl: null });
    assert.equal((await harness.ask()).status, 502, 'without its proxy it goes the way everybody does, and nobody finds codex.test');
  });

  it('are tried out without anything of an account, in words', async () => {
    const [own, general] = [await proxyOf('http', { login }), await proxyOf('socks5')];
    await begin([accountA], {}, { network: { proxy: general.url } });
    const accountId = await through('a', own);
    const tried = async (params: Params<'account/proxy/test'>): Promise<unknown[]> => {
      const { ok, ms, status, reason } = await harness.rpc.call('account/proxy/test', params);
      assert.ok(ms >= 0);
      return [ok, status, reason];
    };
    assert.deepEqual(await tried({ accountId }), [true, 200, null]);
    assert.deepEqual([own.tunnels.length, general.tunnels.length], [1, 0]);
    assert.deepEqual(await tried({ accountId, proxyUrl: null }), [true, 200, null]);
    assert.deepEqual([own.tunnels.length, general.tunnels.length], [1, 1]);
    assert.deepEqual(await tried({ proxyUrl: `http://127.0.0.1:${own.port}` }), [false, null, 'proxy refused: 407 (it wants a user and a password)']);
    assert.deepEqual(await tried({ proxyUrl: 'socks5://127.0.0.1:9' }), [false, null, 'the proxy cannot be reached: the connection was refused (ECONNREFUSED)']);
    assert.match(String((await tried({ proxyUrl: 'name.invalid:1' }))[2]), /^the proxy's name was not found/);
    assert.equal(harness.lab.requests.length + harness.lab.usageRequests.length, 0);
    for (const proxyUrl of ['ftp://planted-user:planted-pass@x', 'http://planted-user@x/path']) {
      await assert.rejects(harness.rpc.call('account/update', { accountId, proxyUrl }), { code: 'badRequest', message: 'proxyUrl is not a proxy. Write it like http://host:port, https://host:port or socks5://host:port, with user:password@ before the host if the proxy wants a login.' });
    }
    await harness.rpc.call('account/update', { accountId, proxyUrl: ' ' });
    assert.equal((await harness.rpc.call('account/list')).items[0]?.proxy, null);
  });

  it('show their password nowhere', async () => {
    const secrets = [login.password, encodeURIComponent(login.password), Buffer.from(`${login.user}:${login.password}`).toString('base64'), login.user];
    const [own, refusing, list] = [await proxyOf('http', { login }), await proxyOf('socks5', { login: { user: 'other', password: 'other' } }), await proxyOf('http', { login })];
    const planted = (proxy: TestProxy): string => proxy.url.replace('other:other@', `${login.user}:${encodeURIComponent(login.password)}@`);
    await begin([accountA, accountB], { CODEXMANAGER_PROXY_LIST: `${list.url},planted-user:${encodeURIComponent(login.password)}@bad host` }, {
      network: { proxy: `socks4://${login.user}:${login.password}@x`, variables: { HTTPS_PROXY: `ftp://${login.user}:${login.password}@x` } },
    });
    const { rpcUrl, token } = harness.service.ready;
    const events = get(`${rpcUrl}/rpc/events`, { headers: { authorization: `Bearer ${token}` } }, (response) => void response.on('data', (chunk: Buffer) => said.push(chunk.toString())));
    const raw = async <M extends Method>(method: M, params: Params<M>): Promise<void> => {
      said.push((await send(`${rpcUrl}/rpc`, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } })).body);
    };
    const accountId = await harness.accountId('a');
    for (const proxyUrl of [own.url, planted(refusing), `ftp://${login.user}:${login.password}@x`, 5 as never, `http://${login.user}:${encodeURIComponent(login.password)}@127.0.0.1:9`]) {
      await raw('account/update', { accountId, proxyUrl });
      await raw('account/updateMany', { accountIds: [accountId], proxyUrl });
      await raw('account/proxy/test', { accountId, proxyUrl });
      for (const method of ['account/usage/refresh', 'account/tokens/refresh', 'account/proxy/test', 'account/resetCredits/list'] as const) await raw(method, { accountId });
      await raw('gateway/manualAccount/set', { accountId });
      said.push((await harness.ask()).body);
      await raw('account/login/start', { accountId, type: 'device' });
      for (const method of ['account/list', 'account/usage/list', 'requestlog/list', 'route/explain'] as const) await raw(method, {});
    }
    events.destroy();
    assert.ok(said.some((text) => text.includes('proxy refused')) && said.some((text) => text.includes('account/changed')) && said.some((text) => text.includes(`http://…@127.0.0.1:${own.port}`)), 'there was something to see');
    await harness.service.stop();
    const files = readdirSync(harness.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
    for (const secret of secrets) assert.deepEqual([...said, ...files].filter((text) => text.includes(secret)).map((text) => text.slice(0, 200)), [], secret);
  });
});

describe('the network of a headless engine', () => {
  it('is what the process\'s variables say: proxies, and certificates to trust beside Node\'s own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'codexmanager-net-'));
    const lab = await startLab({ accounts: [accountA] });
    const front = await startTlsFront(Number(new URL(lab.url).port));
    const proxy = await startProxy({ kind: 'https', login, to: front.port });
    const env = { CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'), CODEXMANAGER_SERVICE_ADDR: 'localhost:0', CODEXMANAGER_UPSTREAM_BASE_URL: 'https://lab.test/backend-api/codex', HTTPS_PROXY: proxy.url };
    const reached = async (more: Record<string, string>): Promise<unknown[]> => {
      const headless = startHeadless({ ...env, ...more });
      await headless.says(/control at/);
      const { ok, status, reason } = await new RpcClient(readLeader(folder)).call('account/proxy/test', {});
      await headless.kill('SIGTERM');
      assert.ok(!`${headless.out()}${headless.err()}`.includes(login.user) && !/Experimental/.test(headless.err()));
      return [ok, status, reason];
    };
    try {
      assert.deepEqual(await reached({}), [false, null, 'the TLS connection to the proxy failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE)']);
      assert.deepEqual(await reached({ NODE_EXTRA_CA_CERTS: testCaFile }), [true, 200, null]);
      assert.deepEqual(proxy.tunnels, ['lab.test:443']);
      assert.match(String((await reached({ NODE_EXTRA_CA_CERTS: testCaFile, NO_PROXY: '.lab.test' }))[2]), /^the provider's name was not found/);
    } finally {
      for (const part of [proxy, front, lab]) await part.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
