import assert from 'node:assert/strict';
import type { FaultInput } from '../../../src/lab/options.ts';
import { accountA, accountB, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('failover between two accounts', () => {
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  async function statusOf(label: string): Promise<string> {
    const id = await harness.accountId(label);
    return (await harness.rpc.call('account/list')).items.find((account) => account.id === id)?.status ?? 'missing';
  }

  it('answers from the first account in order, and logs who it was', async () => {
    const reply = await harness.ask();
    assert.equal(reply.status, 200);
    assert.equal(textOf(reply.body), 'Hello from a.');
    const [row] = (await harness.rpc.call('requestlog/list')).items;
    assert.equal(row?.accountId, await harness.accountId('a'));
    assert.deepEqual([row?.statusCode, row?.model, row?.attempts.length, row?.outputTokens, row?.reasoningOutputTokens, row?.error], [200, 'gpt-5.5', 1, 42, 16, null]);
    assert.ok((row?.firstByteMs ?? -1) >= 0 && (row?.durationMs ?? -1) >= (row?.firstByteMs ?? 0));
  });

  const usageLimit: FaultInput = { kind: 'usageLimit', resetsInSeconds: 600 };
  for (const [name, fault, status] of [
    ['429 usage_limit_reached', usageLimit, 'exhausted'],
    ['a plain 429', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }, 'coolingDown'],
    ['402', { kind: 'status', status: 402 }, 'exhausted'],
    ['a challenge page', { kind: 'challenge' }, 'coolingDown'],
    ['a closed workspace', { kind: 'status', status: 403, body: { error: { code: 'deactivated_workspace', message: 'x' } } }, 'blocked'],
    ['an unsupported model', { kind: 'status', status: 400, body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." } }, 'unknown'],
    ['500', { kind: 'status', status: 500 }, 'unknown'],
    ['529', { kind: 'status', status: 529 }, 'unknown'],
    ['408', { kind: 'status', status: 408 }, 'unknown'],
    ['a reset before any byte', { kind: 'reset' }, 'unknown'],
    ['JSON in the place of a stream', { kind: 'json' }, 'unknown'],
    ['a wrong length', { kind: 'wrongLength' }, 'unknown'],
    ['a cut before the first content', { kind: 'cut', afterEvents: 2 }, 'ready'],
    ['a cut in the middle of the first content event', { kind: 'cut', afterEvents: 2, afterBytes: 20 }, 'ready'],
    ['response.failed rate_limit_exceeded before content', { kind: 'failed', code: 'rate_limit_exceeded', afterEvents: 2 }, 'coolingDown'],
    ['response.failed server_error before content', { kind: 'failed', code: 'server_error', afterEvents: 1 }, 'ready'],
    ['an error event that names 429 usage_limit_reached', { kind: 'error', error: { status: 429, error: { type: 'usage_limit_reached', resets_in_seconds: 600 } }, afterEvents: 1 }, 'exhausted'],
  ] as const satisfies readonly (readonly [string, FaultInput, string])[]) {
    it(`goes on with the second account after ${name}`, async () => {
      harness.lab.script('a', [fault]);
      const reply = await harness.ask();
      assert.equal(reply.status, 200, reply.body);
      assert.equal(textOf(reply.body), 'Hello from b.');
      assert.equal(await statusOf('a'), status);
      const [row] = (await harness.rpc.call('requestlog/list')).items;
      assert.equal(row?.accountId, await harness.accountId('b'));
      assert.equal(row?.attempts.length, 2);
    });
  }

  it('refreshes an expired token once and stays with the account', async () => {
    harness.lab.expireAccess('a');
    assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
    assert.deepEqual(harness.lab.requests.map(({ account }) => account), [null, 'a']);
  });

  it('refreshes once for many requests at the same time', async () => {
    harness.lab.expireAccess('a');
    const replies = await Promise.all(Array.from({ length: 10 }, () => harness.ask()));
    assert.deepEqual(new Set(replies.map(({ body }) => textOf(body))), new Set(['Hello from a.']));
    assert.equal(await statusOf('a') === 'needsLogin', false);
  });

  it('asks nobody after a restart of whom it learnt before that he is spent or pauses', async () => {
    await harness.dispose();
    harness = await startHarness([accountA, accountB, { label: 'c', email: 'c@example.com', subject: 'auth0|c', chatgptAccountId: 'acc-c' }]);
    harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    harness.lab.script('b', [{ kind: 'status', status: 429, headers: { 'retry-after': '600' } }]);
    assert.equal(textOf((await harness.ask()).body), 'Hello from c.');
    await harness.restart();
    const before = harness.lab.requests.length;
    assert.equal(textOf((await harness.ask()).body), 'Hello from c.');
    assert.equal(harness.lab.requests.length, before + 1);
  });

  it('keeps the renewed token over a restart', async () => {
    harness.lab.expireAccess('a');
    await harness.ask();
    await harness.restart();
    assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
    assert.equal(harness.lab.requests.length, 3);
  });

  it('asks for a new login when the refresh is refused, and goes on', async () => {
    harness.lab.expireAccess('a');
    harness.lab.refuseRefresh('a', 'refresh_token_expired');
    assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
    assert.equal(await statusOf('a'), 'needsLogin');
  });

  it('only cools the account down when the issuer is in trouble', async () => {
    harness.lab.expireAccess('a');
    harness.lab.refuseRefresh('a', 'http_500');
    assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
    assert.equal(await statusOf('a'), 'coolingDown');
  });

  it('returns any other 4xx as it came and blames nobody', async () => {
    harness.lab.script('a', [{ kind: 'status', status: 422, body: { error: { message: 'Invalid.', code: 'odd' } } }]);
    const reply = await harness.ask();
    assert.equal(reply.status, 422);
    assert.deepEqual(JSON.parse(reply.body), { error: { message: 'Invalid.', code: 'odd' } });
    assert.equal(harness.lab.requests.length, 1);
  });

  it('ends a stream that breaks after content with a retryable failure, and the repeated turn goes to the other account', async () => {
    harness.lab.script('a', [{ kind: 'cut', afterEvents: 6 }]);
    const broken = await harness.ask();
    assert.equal(broken.status, 200);
    const events = [...broken.body.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as { type: string; response?: { error?: { code?: string } } });
    assert.equal(events.at(-1)?.type, 'response.failed');
    assert.equal(events.at(-1)?.response?.error?.code, 'server_error');
    assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
  });

  it('ends with a retryable failure when upstream fails after content for a reason that is not the client\'s', async () => {
    harness.lab.script('a', [{ kind: 'failed', code: 'insufficient_quota', afterEvents: 6, hold: true }]);
    const broken = await harness.askAndRelease();
    assert.match(broken.body, /"code":"server_error"/);
    assert.doesNotMatch(broken.body, /insufficient_quota/);
    assert.equal(await statusOf('a'), 'exhausted');
  });

  it('goes on with the second account when content and failure come at once, because nothing was shown yet', async () => {
    harness.lab.script('a', [{ kind: 'failed', code: 'insufficient_quota', afterEvents: 6 }]);
    assert.equal(textOf((await harness.ask()).body), 'Hello from b.');
  });

  it('passes the client\'s own fault on, before and after content', async () => {
    harness.lab.script('a', [{ kind: 'failed', code: 'context_length_exceeded', afterEvents: 2 }, { kind: 'failed', code: 'context_length_exceeded', afterEvents: 6, hold: true }]);
    const before = await harness.ask();
    assert.equal(before.status, 400);
    assert.match(before.body, /context_length_exceeded/);
    const after = await harness.askAndRelease();
    assert.equal(after.status, 200);
    assert.match(after.body, /response\.failed[^]*context_length_exceeded/);
    assert.equal(harness.lab.requests.length, 2);
  });

  it('starts a cooldown at the third failure in a row that the other account did not have', async () => {
    await harness.dispose();
    harness = await startHarness([accountA, accountB], { CODEXMANAGER_ROUTE_HEALTH_P2C_ENABLED: '0' });
    harness.lab.script('a', [{ kind: 'status', status: 500 }, { kind: 'status', status: 500 }, { kind: 'status', status: 500 }]);
    for (const expected of ['unknown', 'unknown', 'coolingDown']) {
      await harness.ask();
      assert.equal(await statusOf('a'), expected);
    }
  });

  it('writes the trace of a failover', async () => {
    harness.lab.script('a', [usageLimit]);
    await harness.ask();
    await harness.ask();
    await harness.rpc.call('requestlog/list');
    const trace = harness.trace();
    for (const event of ['REQUEST_START', 'CANDIDATE_POOL', 'CANDIDATE_START', 'CANDIDATE_SKIP', 'ATTEMPT_RESULT', 'REQUEST_FINAL']) assert.match(trace, new RegExp(`event=${event} trace_id=trc_`));
    assert.match(trace, /CANDIDATE_SKIP .*reason=exhausted/);
    assert.ok(!trace.includes(harness.key));
  });
});
