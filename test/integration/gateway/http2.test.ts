import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { accountA, accountB, send, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';
import { trustTestCertificate } from '../../lab/tlsFiles.ts';
import { startTlsFront, type TlsFront } from '../../lab/tlsFront.ts';

describe('HTTP/2 to the provider', () => {
  let front: TlsFront;
  let harness: Harness;
  let distrust: () => void;
  before(() => { distrust = trustTestCertificate(); });
  after(() => distrust());
  afterEach(async () => {
    await harness.dispose();
    await front.dispose();
  });

  async function start(http2: string | null): Promise<void> {
    front = await startTlsFront();
    harness = await startHarness([accountA, accountB], { CODEXMANAGER_UPSTREAM_BASE_URL: `${front.url}/backend-api/codex`, ...(http2 === null ? {} : { CODEXMANAGER_UPSTREAM_HTTP2: http2 }) });
    front.target = harness.lab.url;
  }

  function ask(onFirst: () => void): ReturnType<typeof send> {
    return send(`${harness.url}/v1/responses`, { method: 'POST', headers: { authorization: `Bearer ${harness.key}` }, body: '{"model":"gpt-5.5","stream":true,"input":[]}', onFirst });
  }

  for (const [value, version] of [['true', '2.0'], ['false', '1.1'], [null, '1.1']] as const) {
    it(`speaks HTTP/${version} when the variable is ${value ?? 'not set'}`, async () => {
      await start(value);
      assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
      assert.deepEqual(front.versions, [version]);
    });
  }

  it('carries many requests over one connection', async () => {
    await start('1');
    const replies = await Promise.all(Array.from({ length: 20 }, () => harness.ask()));
    assert.deepEqual(new Set(replies.map(({ body }) => textOf(body))), new Set(['Hello from a.']));
    assert.deepEqual([front.sessions.length, new Set(front.versions)], [1, new Set(['2.0'])]);
  });

  it('goes on with the second account after a limit, a lost stream, and a stream without an end', async () => {
    await start('true');
    harness.lab.script('a', [{ kind: 'cut', afterEvents: 2 }, { kind: 'reset' }, { kind: 'usageLimit', resetsInSeconds: 600 }]);
    for (let i = 0; i < 3; i += 1) assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
    assert.deepEqual(new Set(front.versions), new Set(['2.0']));
  });

  it('ends a stream with a retryable failure when the whole connection is lost after content', async () => {
    await start('true');
    harness.lab.script('a', [{ kind: 'stall', afterEvents: 6 }]);
    const broken = await ask(() => front.sessions[0]?.destroy());
    assert.match(broken.body, /response\.failed[^]*"code":"server_error"/);
    assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
    assert.equal(front.sessions.length, 2);
  });

  it('ends only the stream whose client leaves', async () => {
    await start('true');
    harness.lab.script('a', [{ kind: 'failed', code: 'context_length_exceeded', afterEvents: 6, hold: true }, { kind: 'stall', afterEvents: 6 }]);
    const begun = Promise.withResolvers<void>();
    const stays = ask(begun.resolve);
    await begun.promise;
    const leaves = httpRequest(`${harness.url}/v1/responses`, { method: 'POST', headers: { authorization: `Bearer ${harness.key}` } }, (response) => response.once('data', () => leaves.destroy()));
    leaves.on('error', () => undefined).end('{"model":"gpt-5.5","stream":true,"input":[]}');
    await harness.lab.until(() => harness.lab.requests.at(-1)?.aborted === true);
    harness.lab.release();
    assert.match((await stays).body, /response\.created[^]*context_length_exceeded/);
    assert.deepEqual(harness.lab.requests.map(({ aborted }) => aborted), [false, true]);
    assert.equal(front.sessions.length, 1);
  });

  it('takes no more from the provider than its client reads, and others on the connection go on', async () => {
    await start('true');
    const event = (fields: Record<string, unknown>): Buffer => Buffer.from(`event: ${String(fields['type'])}\ndata: ${JSON.stringify(fields)}\n\n`);
    const piece = event({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta: 'x'.repeat(65_000) });
    front.flood = { piece, pieces: 800, end: event({ type: 'response.completed', response: { id: 'r', status: 'completed' } }) };
    const { promise: whole, resolve } = Promise.withResolvers<number>();
    let go = (): void => undefined;
    const paused = new Promise<void>((stopped) => {
      const slow = httpRequest(`${harness.url}/v1/responses`, { method: 'POST', headers: { authorization: `Bearer ${harness.key}` } }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => resolve(bytes));
        response.once('data', () => {
          response.pause();
          go = (): void => void response.resume();
          stopped();
        });
      });
      slow.end('{"model":"gpt-5.5","stream":true,"input":[]}');
    });
    await paused;
    front.flood = null;
    for (let i = 0; i < 100 && front.flooded < 800; i += 1) assert.equal((await harness.ask()).status, 200);
    assert.ok(front.flooded < 500, `${front.flooded} of 800 pieces were taken`);
    go();
    assert.ok(await whole > 800 * piece.length);
    assert.deepEqual([front.flooded, front.sessions.length], [800, 1]);
  }).timeout(20_000);
});
