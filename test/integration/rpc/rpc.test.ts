import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { accountA, accountB, send, startHarness, type Harness, type Reply } from '../../lab/gatewayUnderTest.ts';
import { RpcClient } from '../../../src/rpc/client.ts';

describe('the control plane', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA, accountB]); });
  after(() => harness.dispose());

  const post = (body: string, headers: Record<string, string> = {}): Promise<Reply> =>
    send(`${harness.service.ready.rpcUrl}/rpc`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-codexmanager-rpc-token': harness.service.ready.token, ...headers } });
  const result = async (body: unknown): Promise<unknown> => (JSON.parse((await post(JSON.stringify(body))).body) as { result: unknown }).result;

  it('answers JSON-RPC 2.0 with real error objects', async () => {
    const ask = async (body: string): Promise<{ error?: { code: number; message: string; data?: { code: string } }; id: unknown }> => JSON.parse((await post(body)).body) as never;
    assert.equal((await ask('{"jsonrpc":"2.0","id":"x","method":"nope"}')).error?.code, -32601);
    const bad = await ask('{"jsonrpc":"2.0","id":1,"method":"account/update","params":{"accountId":"a","sort":"high"}}');
    assert.equal(bad.error?.code, -32602);
    assert.match(bad.error?.message ?? '', /sort/);
    const unknown = await ask('{"jsonrpc":"2.0","id":1,"method":"account/update","params":{"accountId":"nobody","sort":1}}');
    assert.deepEqual([unknown.error?.code, unknown.error?.data?.code], [-32000, 'notFound']);
    assert.equal((await ask('{"jsonrpc":"2.0"')).error?.code, -32700);
    assert.equal((await ask('{"jsonrpc":"2.0","id":1}')).error?.code, -32600);
  });

  it('answers in the original\'s envelope, errors inside the result', async () => {
    assert.deepEqual(await result({ id: 1, method: 'nope' }), { error: 'unknown_method' });
    assert.deepEqual(await result({ id: 1, method: 'initialize', params: { extra: true } }), { server_name: 'codexmanager-service', version: 'test' });
    const failed = await result({ id: 1, method: 'account/update', params: { accountId: '' } }) as { ok: boolean; error: string };
    assert.equal(failed.ok, false);
    assert.match(failed.error, /accountId/);
    assert.deepEqual(await result({ id: 1, method: 'apikey/delete', params: { id: 'unknown' } }), { ok: true });
    assert.equal((await post('hello')).status, 400);
  });

  it('checks method, type, token, site and origin, in this order', async () => {
    for (const [headers, status] of [
      [{ 'content-type': 'text/plain', 'x-codexmanager-rpc-token': '' }, 415], [{ 'x-codexmanager-rpc-token': 'wrong' }, 401], [{ 'x-codexmanager-rpc-token': '', authorization: 'Bearer wrong' }, 401],
      [{ 'sec-fetch-site': 'cross-site' }, 403], [{ origin: 'https://evil.example' }, 403], [{ host: 'evil.example' }, 403], [{ origin: 'http://localhost:1' }, 200], [{ 'content-type': 'application/json; charset=utf-8' }, 200],
    ] as [Record<string, string>, number][]) {
      assert.equal((await post('{"id":1,"method":"initialize"}', headers)).status, status, JSON.stringify(headers));
    }
    assert.equal((await send(`${harness.service.ready.rpcUrl}/rpc`, { method: 'GET' })).status, 405);
    assert.equal((await send(`${harness.service.ready.rpcUrl}/rpc/events`, { method: 'GET' })).status, 401);
    assert.equal((await send(`${harness.service.ready.rpcUrl}/health`, { method: 'GET' })).body, 'ok');
  });

  it('sends the state to whoever listens, and every change after', async () => {
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = harness.rpc.subscribe((event, payload) => {
      seen.push(event);
      if (seen.length === 3) void harness.rpc.call('apikey/create', { name: 'seen' });
      if (event === 'apikey/changed' && JSON.stringify(payload).includes('"seen"')) resolve();
    }, () => undefined);
    await promise;
    void subscription.dispose();
    assert.deepEqual(seen.slice(0, 3), ['account/changed', 'apikey/changed', 'gateway/changed']);
  });

  it('tells a listener that is refused, and one whose leader is gone', async () => {
    const refused = await new Promise((done) => new RpcClient({ rpcUrl: harness.service.ready.rpcUrl, token: 'wrong' }).subscribe(() => undefined, done));
    assert.equal(refused, 401);
    const gone = await new Promise((done) => new RpcClient({ rpcUrl: 'http://127.0.0.1:9', token: 'x' }).subscribe(() => undefined, done));
    assert.equal(gone, null);
  });

  it('stops the gateway and starts it again, twice is once', async () => {
    const heard = { running: Promise.withResolvers<void>(), stopped: Promise.withResolvers<void>() };
    const subscription = harness.rpc.subscribe((event, payload) => {
      if (event !== 'gateway/changed') return;
      const { state } = payload as { state: string };
      if (state === 'running' || state === 'stopped') heard[state].resolve();
    }, () => undefined);
    await heard.running.promise;
    assert.equal((await harness.rpc.call('gateway/stop')).state, 'stopped');
    await heard.stopped.promise;
    await assert.rejects(send(`${harness.url}/health`, { method: 'GET' }), { code: 'ECONNREFUSED' });
    assert.equal((await harness.rpc.call('gateway/stop')).state, 'stopped');
    void subscription.dispose();
    const [first, second] = await Promise.all([harness.rpc.call('gateway/start'), harness.rpc.call('gateway/start')]);
    assert.deepEqual([first.state, first], ['running', second]);
    assert.equal((await send(`http://127.0.0.1:${first.port}/health`, { method: 'GET' })).body, 'ok');
    await harness.restart();
  });

  it('remembers when a key was last used, also over a restart', async () => {
    const used = async (): Promise<number | null | undefined> => (await harness.rpc.call('apikey/list')).items.find(({ name }) => name === 'test')?.lastUsedAt;
    assert.equal(await used(), null);
    await harness.ask();
    const at = await used();
    assert.ok(at && Math.abs(at - Date.now() / 1_000) < 30);
    await harness.restart();
    assert.equal(await used(), at);
  });

  it('imports, keeps what a person set, and never makes a second account of the same login', async () => {
    const again = await harness.rpc.call('account/import', { contents: [harness.lab.authJson('a'), 'nonsense'], content: '' });
    assert.deepEqual([again.total, again.created, again.updated, again.failed], [2, 0, 1, 1]);
    assert.deepEqual(again.errors, [{ index: 2, message: 'file 2, 1:1: a JSON object was expected', file: 'file 2', position: '1:1', reason: 'a JSON object was expected' }]);
    const id = await harness.accountId('a');
    await harness.rpc.call('account/update', { accountId: id, label: ' Work ', sort: 7 });
    await harness.rpc.call('account/import', { contents: [harness.lab.authJson('a')] });
    const account = (await harness.rpc.call('account/list')).items.find((one) => one.id === id);
    assert.deepEqual([account?.label, account?.sort, account?.groupName], ['Work', 7, 'IMPORT']);
    await harness.rpc.call('account/update', { accountId: id, sort: 0 });
  });

  it('does not let an older file overwrite a newer login', async () => {
    const older = harness.lab.authJson('b');
    const stale = JSON.stringify({ ...JSON.parse(older) as object, tokens: { ...(JSON.parse(older) as { tokens: object }).tokens, access_token: expired(older) } });
    await harness.rpc.call('account/import', { contents: [stale] });
    const a = await harness.accountId('a');
    await harness.rpc.call('account/update', { accountId: a, enabled: false });
    assert.equal((await harness.ask()).status, 200);
    await harness.rpc.call('account/update', { accountId: a, enabled: true });
  });

  it('deletes an account for good', async () => {
    const id = await harness.accountId('b');
    await harness.rpc.call('account/delete', { accountId: id });
    await harness.restart();
    assert.deepEqual((await harness.rpc.call('account/list')).items.map(({ email }) => email), ['a@example.com']);
  });

  it('makes, shows, reads and deletes platform keys', async () => {
    const { id, key } = await harness.rpc.call('apikey/create', { name: ' codex ', modelSlug: ' gpt-5.5 ', reasoningEffort: 'high' });
    assert.match(id, /^gk_[0-9a-f]{12}$/);
    assert.match(key, /^[0-9a-f]{64}$/);
    const listed = (await harness.rpc.call('apikey/list')).items.find((one) => one.id === id);
    assert.deepEqual([listed?.name, listed?.modelSlug, listed?.reasoningEffort, listed?.status, listed?.protocolType], ['codex', 'gpt-5.5', 'high', 'active', 'openai_compat']);
    assert.ok(!JSON.stringify(listed).includes(key));
    await harness.restart();
    assert.deepEqual(await harness.rpc.call('apikey/readSecret', { id }), { id, key });
    await harness.rpc.call('apikey/delete', { id });
    await assert.rejects(harness.rpc.call('apikey/readSecret', { id }), { code: 'notFound' });
    await assert.rejects(harness.rpc.call('apikey/create', { reasoningEffort: 'extreme' }), { code: 'badRequest', message: /extreme.*low, medium, high or xhigh/ });
  });

  it('lists, filters, pages, sums and clears the log', async () => {
    await harness.rpc.call('requestlog/clear');
    for (const model of ['gpt-5.5', 'gpt-5', 'gpt-5']) await harness.ask({ model });
    await harness.ask({}, { authorization: 'Bearer wrong' });
    const { items } = await harness.rpc.call('requestlog/list');
    assert.deepEqual(items.map(({ statusCode, model }) => [statusCode, model]), [[403, null], [200, 'gpt-5'], [200, 'gpt-5'], [200, 'gpt-5.5']]);
    assert.equal((await harness.rpc.call('requestlog/list', { query: 'status:4xx' })).items.length, 1);
    assert.equal((await harness.rpc.call('requestlog/list', { query: 'model:=gpt-5' })).items.length, 2);
    assert.equal((await harness.rpc.call('requestlog/list', { limit: 1, beforeId: items[0]?.id ?? 0, statusClass: null })).items[0]?.id, items[1]?.id);
    const before = await harness.rpc.call('requestlog/today_summary');
    assert.ok(before.outputTokens >= 126 && before.estimatedCost > 0);
    await harness.rpc.call('requestlog/clear');
    assert.deepEqual((await harness.rpc.call('requestlog/list')).items, []);
    assert.deepEqual(await harness.rpc.call('requestlog/today_summary'), before);
  });

  it('asks for the token before it reads a body', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const request = httpRequest(`${harness.service.ready.rpcUrl}/rpc`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '1000000' } }, (response) => resolve(response.statusCode ?? 0));
    request.on('error', () => undefined);
    request.flushHeaders();
    assert.equal(await promise, 401);
    request.destroy();
  });
});

/** The access token of a login with an expiry in the past. */
function expired(authJson: string): string {
  const token = (JSON.parse(authJson) as { tokens: { access_token: string } }).tokens.access_token;
  const [head, body, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as Record<string, unknown>;
  return [head, Buffer.from(JSON.stringify({ ...claims, exp: 1 })).toString('base64url'), signature].join('.');
}
