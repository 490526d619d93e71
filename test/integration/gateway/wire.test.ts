import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { zstdCompressSync } from 'node:zlib';
import { accountA, send, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('the gateway on the wire', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA]); });
  after(() => harness.dispose());

  const authorized = (): Record<string, string> => ({ authorization: `Bearer ${harness.key}`, 'content-type': 'application/json' });
  const plain = JSON.stringify({ model: 'gpt-5.5', stream: true, input: 'hello' });

  it('serves one route under three paths', async () => {
    for (const path of ['/v1/responses', '/responses', '/backend-api/codex/responses', '/v1/responses?x=1']) {
      const reply = await send(harness.url + path, { method: 'POST', body: plain, headers: authorized() });
      assert.equal(textOf(reply.body), 'Hello from a.', path);
    }
  });

  it('passes the stream on byte for byte, uncompressed, without upstream\'s cookies', async () => {
    const reply = await harness.ask({}, { 'accept-encoding': 'gzip' });
    assert.equal(reply.headers['content-type'], 'text/event-stream');
    assert.equal(reply.headers['content-encoding'], undefined);
    assert.equal(reply.headers['set-cookie'], undefined);
    assert.equal(reply.headers['x-codex-primary-used-percent'], '10');
    assert.match(reply.body, /^event: response\.created\ndata: .*\n\nevent: response\.in_progress\n/);
    assert.ok(reply.body.endsWith('\n\n'));
  });

  it('assembles one JSON answer for a client that did not ask for a stream', async () => {
    const reply = await harness.ask({ stream: false });
    assert.equal(reply.headers['content-type'], 'application/json');
    const response = JSON.parse(reply.body) as { object: string; status: string; output: { type: string; content?: { text: string }[] }[]; usage: { output_tokens: number } };
    assert.deepEqual([response.object, response.status, response.output.at(-1)?.content?.[0]?.text, response.usage.output_tokens], ['response', 'completed', 'Hello from a.', 42]);
  });

  it('retries a JSON answer that broke in the middle: nothing of it was shown', async () => {
    harness.lab.script('a', [{ kind: 'cut', afterEvents: 8 }]);
    const reply = await harness.ask({ stream: false });
    assert.equal(reply.status, 200);
    assert.match(reply.body, /Hello from a\./);
  });

  it('takes zstd bodies and writes store and stream into them', async () => {
    const reply = await send(`${harness.url}/v1/responses`, { method: 'POST', body: zstdCompressSync(Buffer.from(plain)), headers: { ...authorized(), 'content-encoding': 'zstd' } });
    assert.equal(textOf(reply.body), 'Hello from a.');
    const sent = harness.lab.requests.at(-1);
    assert.deepEqual(JSON.parse(sent?.body ?? ''), { store: false, model: 'gpt-5.5', stream: true, input: 'hello' });
    assert.equal(sent?.headers['content-encoding'], undefined);
  });

  it('sends the account\'s credentials and never the client\'s', async () => {
    await harness.ask({}, { cookie: 'c=1', 'x-api-key': harness.key, 'chatgpt-account-id': 'theirs', 'user-agent': 'curl/8', 'x-forwarded-for': '1.2.3.4' });
    const headers: Readonly<Record<string, string | string[] | undefined>> = harness.lab.requests.at(-1)?.headers ?? {};
    assert.ok(!JSON.stringify(headers).includes(harness.key));
    assert.equal(headers['chatgpt-account-id'], 'acc-a');
    assert.match(String(headers['user-agent']), /^codex_cli_rs\//);
    for (const name of ['cookie', 'x-api-key', 'x-forwarded-for']) assert.equal(headers[name], undefined);
  });

  it('answers malformed SSE from upstream by passing it on and still ends', async () => {
    harness.lab.script('a', [{ kind: 'malformed' }]);
    const reply = await harness.ask();
    assert.match(reply.body, /response\.completed/);
  });

  it('delivers a stream that comes byte by byte', async () => {
    harness.lab.script('a', [{ kind: 'slowLoris' }]);
    assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
  });

  it('aborts upstream when the client leaves', async () => {
    harness.lab.script('a', [{ kind: 'stall', afterEvents: 6 }]);
    const request = httpRequest(`${harness.url}/v1/responses`, { method: 'POST', headers: authorized() }, (response) => {
      response.once('data', () => request.destroy());
    });
    request.on('error', () => undefined);
    request.end(plain);
    await harness.lab.until(() => harness.lab.requests.at(-1)?.aborted === true);
    const [row] = (await harness.rpc.call('requestlog/list')).items;
    assert.equal(row?.error, 'client_gone');
  });

  it('answers probes, models and health', async () => {
    assert.equal((await send(`${harness.url}/v1/responses`, { method: 'HEAD' })).status, 200);
    assert.equal((await send(`${harness.url}/health`, { method: 'GET' })).body, 'ok');
    const models = JSON.parse((await send(`${harness.url}/v1/models?client_version=0.169.0`, { method: 'GET', headers: authorized() })).body) as { object: string; data: { id: string }[]; models: { slug: string }[] };
    assert.equal(models.object, 'list');
    assert.deepEqual(models.data.map(({ id }) => id), models.models.map(({ slug }) => slug));
  });

  it('refuses a WebSocket upgrade with 426', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(Number(new URL(harness.url).port), '127.0.0.1', () => {
      socket.write(`GET /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${harness.key}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    });
    socket.once('data', (data: Buffer) => resolve(data.toString()));
    assert.match(await promise, /^HTTP\/1\.1 426 /);
    socket.destroy();
  });

  it('writes the key\'s model and effort into the request', async () => {
    const { key } = await harness.rpc.call('apikey/create', { modelSlug: 'gpt-6-sol', reasoningEffort: 'extra_high' });
    await harness.ask({ reasoning: { summary: 'auto' } }, { authorization: `Bearer ${key}` });
    const sent = JSON.parse(harness.lab.requests.at(-1)?.body ?? '') as { model: string; reasoning: unknown };
    assert.equal(sent.model, 'gpt-6-sol');
    assert.deepEqual(sent.reasoning, { summary: 'auto', effort: 'xhigh' });
  });
});

describe('bad input to the gateway', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA], { CODEXMANAGER_FRONT_PROXY_MAX_BODY_BYTES: '2000' }); });
  after(() => harness.dispose());

  const post = (body: string | Buffer, headers: Record<string, string>) => send(`${harness.url}/v1/responses`, { method: 'POST', body, headers });
  const bearer = (): Record<string, string> => ({ authorization: `Bearer ${harness.key}` });

  it('names what is wrong with the key', async () => {
    const disabled = await harness.rpc.call('apikey/create', { name: 'old laptop' });
    await harness.rpc.call('apikey/disable', { id: disabled.id });
    for (const [headers, status, message] of [
      [{}, 401, /No platform key/], [{ authorization: 'Basic x' }, 401, /No platform key/], [{ authorization: 'Bearer nope' }, 403, /not known/], [{ authorization: `Bearer ${disabled.key}` }, 403, /old laptop is disabled/],
    ] as const) {
      const reply = await post('{}', headers);
      assert.equal(reply.status, status);
      assert.match(reply.body, message);
    }
    assert.equal(harness.lab.requests.length, 0);
  });

  it('names what is wrong with the body', async () => {
    for (const [body, headers, status, message] of [
      ['', {}, 400, /empty/], ['not json', {}, 400, /byte 0/], ['{"model":', {}, 400, /a value expected at byte/], ['[]', {}, 400, /object/],
      ['x'.repeat(3000), {}, 413, /2000 bytes/], [zstdCompressSync(Buffer.alloc(100_000, 'x')), { 'content-encoding': 'zstd' }, 413, /2000 bytes/],
      ['{}', { 'content-encoding': 'zstd' }, 400, /not valid zstd/], ['{}', { 'content-encoding': 'snappy' }, 415, /snappy/],
    ] as const) {
      const reply = await post(body, { ...bearer(), ...headers });
      assert.equal(reply.status, status, reply.body);
      assert.match(reply.body, message);
    }
  });

  it('refuses foreign hosts, origins and sites, before it looks at the key', async () => {
    const strangers: Record<string, string>[] = [{ host: 'evil.example' }, { host: 'localhost.evil.example' }, { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of strangers) {
      assert.equal((await post('{}', headers)).status, 403);
    }
    const reply = await post('{}', { ...bearer(), host: 'localhost', origin: 'http://localhost:3000' });
    assert.notEqual(reply.status, 403);
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
  });

  it('says what it serves for any other route', async () => {
    const reply = await send(`${harness.url}/v1/unknown`, { method: 'GET', headers: bearer() });
    assert.equal(reply.status, 404);
    assert.match(reply.body, /does not serve GET \/v1\/unknown/);
  });

  it('refuses its own address as upstream, and says which variable to change', async () => {
    const port = Number(new URL(harness.url).port);
    await harness.service.stop();
    await assert.rejects(startHarness([], { CODEXMANAGER_SERVICE_ADDR: `127.0.0.1:${port}`, CODEXMANAGER_UPSTREAM_BASE_URL: `http://localhost:${port}/backend-api/codex` }), { code: 'badRequest', message: /CODEXMANAGER_UPSTREAM_BASE_URL/ });
  });
});
