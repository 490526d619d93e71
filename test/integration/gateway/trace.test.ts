import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { accountA, accountB, send, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

const nextIs = { kind: 'usageLimit', resetsInSeconds: 600 } as const;

describe('the trace file', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  /** Everything written so far, a list of names and values per line. */
  async function lines(): Promise<string[]> {
    await harness.rpc.call('requestlog/list');
    return harness.trace().trimEnd().split('\n');
  }

  /** What changes from run to run is replaced. */
  async function goldenLines(): Promise<string[]> {
    const [a, b] = [await harness.accountId('a'), await harness.accountId('b')];
    const { items: [key] } = await harness.rpc.call('apikey/list');
    return (await lines()).map((line) => line.replace(/^ts=\d{10} /, '').replace(/trc_\d+_\w+/, 'TRC').replaceAll(a, 'A').replaceAll(b, 'B').replaceAll(key?.id ?? '', 'KEY')
      .replaceAll(harness.lab.url, 'LAB').replace(/(elapsed_ms)=\d+/, '$1=N').replace(/((?:body_)?len)=\d+/, '$1=N'));
  }

  const started = [
    'event=REQUEST_START trace_id=TRC key_id=KEY method=POST path=/v1/responses model=gpt-5.5 reasoning=high stream=true protocol=openai_compat',
    'event=REQUEST_BODY trace_id=TRC len=N preview_bytes=0',
    'event=CANDIDATE_POOL trace_id=TRC key_id=KEY strategy=ordered ordered_candidates=A#sort=0,B#sort=1',
    'event=CANDIDATE_START trace_id=TRC candidate=1/2 account_id=A strip_session_affinity=false',
  ];
  const url = 'upstream_url=LAB/backend-api/codex/responses';
  const profile = (account: string, candidate: string, session: string): string => `event=ATTEMPT_PROFILE trace_id=TRC account_id=${account} candidate=${candidate} ${session} prompt_cache_key_fp=- request_shape=- body_len=N body_model=gpt-5.5`;

  it('tells of a failover, line by line', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.script('a', [nextIs]);
    assert.equal(textOf((await harness.ask({ reasoning: { effort: 'high' } }, { 'session-id': 's-1', 'x-codex-turn-state': 'from nowhere' })).body), 'Hello from b.');
    assert.deepEqual(await goldenLines(), [
      ...started,
      profile('A', '1/2', 'strip_session_affinity=false session_source=incoming_header has_turn_state=true has_conversation=true'),
      `event=ATTEMPT_RESULT trace_id=TRC account_id=A status=429 ${url} error=429 usage_limit_reached`,
      'event=CANDIDATE_START trace_id=TRC candidate=2/2 account_id=B strip_session_affinity=true',
      profile('B', '2/2', 'strip_session_affinity=true session_source=failover_regen has_turn_state=true has_conversation=true'),
      `event=ATTEMPT_RESULT trace_id=TRC account_id=B status=200 ${url} error=-`,
      `event=REQUEST_FINAL trace_id=TRC status=200 account_id=B ${url} elapsed_ms=N error=-`,
    ]);
  });

  it('names who is skipped, and why, before the account that is asked', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.script('a', [nextIs]);
    await harness.ask();
    const before = (await lines()).length;
    await harness.ask();
    const skips = (await goldenLines()).slice(before).filter((line) => line.includes('CANDIDATE_S'));
    assert.deepEqual(skips, ['event=CANDIDATE_SKIP trace_id=TRC candidate=1/2 account_id=A reason=exhausted', 'event=CANDIDATE_START trace_id=TRC candidate=2/2 account_id=B strip_session_affinity=false']);
  });

  it('tells of the attempt that an account pays for at the OpenAI platform', async () => {
    harness = await startHarness([accountA, { ...accountB, apiKey: 'sk-real' }], { CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL: '$LAB/v1' });
    for (const label of ['a', 'b']) harness.lab.script(label, [nextIs]);
    await harness.ask();
    assert.deepEqual((await goldenLines()).slice(-3), [
      profile('B', '-', 'strip_session_affinity=false session_source=generated has_turn_state=false has_conversation=false'),
      'event=ATTEMPT_RESULT trace_id=TRC account_id=B status=200 upstream_url=LAB/v1/responses error=-',
      'event=REQUEST_FINAL trace_id=TRC status=200 account_id=B upstream_url=LAB/v1/responses elapsed_ms=N error=-',
    ]);
  });

  it('has only a beginning and an end for what is refused at once', async () => {
    harness = await startHarness([accountA, accountB], { CODEXMANAGER_FRONT_PROXY_MAX_BODY_BYTES: '200' });
    const post = (headers: Record<string, string>, body: string): ReturnType<typeof send> => send(`${harness.url}/v1/responses?api_key=in-the-query-1234567`, { method: 'POST', headers, body });
    await post({}, '{}');
    await post({ authorization: 'Bearer not-a-known-key-7890' }, '{}');
    await post({ authorization: `Bearer ${harness.key}` }, 'x'.repeat(201));
    await post({ authorization: `Bearer ${harness.key}` }, '{"model":5}');
    const start = (key: string): string => `event=REQUEST_START trace_id=TRC key_id=${key} method=POST path=/v1/responses model=- reasoning=- stream=- protocol=-`;
    const end = (status: number, error: string): string => `event=REQUEST_FINAL trace_id=TRC status=${status} account_id=- upstream_url=- elapsed_ms=N error=${error}`;
    const found = (await goldenLines()).map((line) => line.replace(/(error=\S+ \S+ \S+).*$/, '$1'));
    assert.deepEqual(found, [
      start('-'), end(401, 'No platform key'), start('-'), end(403, 'This platform key'),
      start('KEY'), end(413, 'The request body'), start('KEY'), end(400, '"model" in the'),
    ]);
    assert.doesNotMatch(harness.trace(), /in-the-query|not-a-known-key/);
  });

  it('shows the beginning of bodies and their shape only when told to', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_TRACE_BODY_PREVIEW_MAX_BYTES: '40' });
    await harness.ask({ instructions: 'one\ttwo' });
    const [, body] = await lines();
    assert.match(body ?? '', /event=REQUEST_BODY trace_id=\S+ len=\d+ preview_bytes=40 truncated=true preview=\{"model":"gpt-5\.5","stream":true,"store"$/);
    const shape = /request_shape=(\S+) /.exec(harness.trace())?.[1] ?? '';
    assert.match(shape, /^fp=[0-9a-f]{16};k=input\+instructions\+model\+store\+stream;i=1;m=0;t=0;s=1;r=0;ins=1$/);
  });

  it('never holds a secret: keys, tokens, cookies, headers, or what the provider repeats of them', async () => {
    const planted = ['planted-cookie-1111', 'planted-header-2222', 'planted-turn-state-3333', 'planted-session-4444', 'planted-query-5555', 'planted-upstream-6666'] as const;
    harness = await startHarness([accountA, accountB], { CODEXMANAGER_TRACE_BODY_PREVIEW_MAX_BYTES: '100000', CODEXMANAGER_UPSTREAM_COOKIE: planted[5] });
    const tokens = Object.values((JSON.parse(harness.lab.authJson('a')) as { tokens: Record<string, string> }).tokens);
    const headers = { cookie: planted[0], 'x-codex-anything': planted[1], 'x-codex-turn-state': planted[2], 'session-id': planted[3] };
    harness.lab.script('a', [
      { kind: 'status', status: 422, body: { error: { message: `Bad token ${tokens.join(' and ')}, authorization: Bearer ${tokens[1]}`, code: 'odd' } } },
      { kind: 'status', status: 500, body: { error: { code: tokens[0], message: 'x' } } },
    ]);
    assert.equal((await harness.ask({}, headers)).status, 422);
    await harness.ask({}, headers);
    await send(`${harness.url}/v1/responses?key=${planted[4]}`, { method: 'POST', headers: { authorization: `Bearer ${harness.key}`, ...headers }, body: '{"model":"gpt-5.5","input":[]}' });
    const rows = JSON.stringify((await harness.rpc.call('requestlog/list')).items);
    const trace = (await lines()).join('\n');
    assert.match(trace, /error=Bad token \[hidden\]/);
    for (const secret of [harness.key, ...planted, ...tokens.filter((token) => token.includes('.'))]) {
      assert.ok(secret.length > 15 && !trace.includes(secret), `${secret.slice(0, 20)}… stands in the trace`);
      assert.ok(!rows.includes(secret), `${secret.slice(0, 20)}… stands in the request log`);
    }
  });

  it('drops lines that find no room, and answers all the same', async () => {
    const warnings: string[] = [];
    harness = await startHarness([accountA], { CODEXMANAGER_TRACE_QUEUE_CAPACITY: '3' }, { log: (level, message) => void warnings.push(`${level} ${message}`) });
    const replies = await Promise.all(Array.from({ length: 20 }, () => harness.ask()));
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
    assert.ok((await lines()).length < 20 * 6);
    assert.equal(warnings.filter((warning) => /^warn The trace file cannot keep up: 1 line was left out/.test(warning)).length, 1);
  });

  it('begins a new file when the variable says that one is long enough', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_TRACE_MAX_BYTES: '2000' });
    for (let i = 0; i < 4; i += 1) {
      await harness.ask();
      await lines();
    }
    assert.deepEqual(readdirSync(harness.folder).filter((name) => name.includes('trace')).sort(), ['gateway-trace.log', 'gateway-trace.log.1']);
    for (const name of ['gateway-trace.log', 'gateway-trace.log.1']) assert.ok(statSync(join(harness.folder, name)).size <= 2_000);
  });
});
