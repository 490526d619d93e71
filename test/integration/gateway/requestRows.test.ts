import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { RequestLogItem } from '../../../src/contract/requestLog.ts';
import { accountA, accountB, send, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('the row of a request', () => {
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  const rows = async (): Promise<RequestLogItem[]> => (await harness.rpc.call('requestlog/list')).items;

  it('tells who sent it, what answered, how long each attempt took, and what went over the wire', async () => {
    harness.lab.script('a', [{ kind: 'status', status: 500 }]);
    const body = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: 'hello' });
    const { hostname, port } = new URL(harness.url);
    const sent = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (chunk) => { text += chunk.toString('latin1'); }).on('end', () => resolve(text)).on('error', reject);
      socket.write(`POST /v1/responses HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nuser-agent: codex_cli_rs/0.169.0 (x)\r\nsession-id: one\r\nauthorization: Bearer ${harness.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const [row] = await rows();
    assert.ok(row);
    assert.deepEqual([row.client, row.dialect, row.model, row.modelServed, row.requestBytes, row.responseBytes], ['codex_cli_rs', 'responses', 'gpt-5.5', 'gpt-5.5', body.length, sent.length]);
    assert.match(row.conversation ?? '', /^[0-9a-f]{16}$/);
    assert.ok((row.estimatedCostUsd ?? 0) > 0 && (row.priceVersion ?? 0) > 0);
    const [failed, answered] = row.attempts;
    assert.ok(failed && answered);
    assert.deepEqual([failed.firstByteMs, failed.at <= answered.at, (answered.firstByteMs ?? Infinity) <= answered.ms], [null, true, true]);
    assert.ok(answered.at + answered.ms <= row.durationMs + 1);
  });

  it('is written for whatever was refused, and for a client that left, with what was known', async () => {
    const post = (headers: Record<string, string>, body: string) => send(`${harness.url}/v1/responses`, { method: 'POST', headers, body });
    await post({}, '{}');
    await post({ authorization: `Bearer ${harness.key}`, 'user-agent': 'curl/8' }, '{"model":5}');
    harness.lab.always('a', { kind: 'stall', afterEvents: 6 });
    harness.lab.always('b', { kind: 'stall', afterEvents: 6 });
    const leaving = new AbortController();
    const left = fetch(`${harness.url}/v1/responses`, { method: 'POST', signal: leaving.signal, headers: { authorization: `Bearer ${harness.key}` }, body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: 'x' }) }).then((answer) => answer.text()).catch(() => 'left');
    await harness.lab.until(() => harness.lab.requests.length === 1);
    leaving.abort();
    assert.equal(await left, 'left');
    await harness.lab.until(() => harness.lab.requests[0]?.aborted === true);
    const [gone, wrong, keyless] = await rows();
    assert.deepEqual([keyless?.statusCode, keyless?.keyId, keyless?.requestBytes, keyless?.route], [401, null, null, null]);
    assert.deepEqual([wrong?.statusCode, wrong?.client, wrong?.requestBytes, wrong?.model], [400, 'curl', 11, null]);
    assert.deepEqual([gone?.error, gone?.attempts.map(({ reason }) => reason), gone?.route?.why], ['client_gone', ['client_gone'], 'strategy']);
  });

  it('is written for everything else a client asks for, and not for probes or strangers', async () => {
    const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${harness.key}` }, method = 'GET') => send(`${harness.url}${path}`, { method, headers });
    await get('/v1/models');
    await get('/v1/models', {});
    await get('/v1/embeddings', { 'user-agent': 'OpenAI/JS 7.57.0' }, 'POST');
    for (const path of ['/health', '/ready', '/v1/responses']) await get(path);
    await get('/v1/models', {}, 'HEAD');
    await get('/v1/models', { origin: 'https://evil.example' });
    const [unknown, keyless, models] = await rows();
    assert.equal((await rows()).length, 3);
    assert.deepEqual([models?.method, models?.requestPath, models?.statusCode, models?.keyId !== null, models?.dialect, (models?.responseBytes ?? 0) > 500], ['GET', '/v1/models', 200, true, null, true]);
    assert.deepEqual([keyless?.statusCode, keyless?.keyId, keyless?.error !== null], [401, null, true]);
    assert.deepEqual([unknown?.statusCode, unknown?.client, unknown?.method], [404, 'OpenAI/JS', 'POST']);
    assert.match(harness.trace(), /event=REQUEST_FINAL \S+ status=404/);
  });
});
