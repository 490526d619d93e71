import assert from 'node:assert/strict';
import { accountA, accountB, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

interface ErrorBody { error: { type: string; code: string; message: string; resets_at?: number; plan_type?: string } }
const errorOf = (body: string): ErrorBody['error'] => (JSON.parse(body) as ErrorBody).error;

describe('nobody is left', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  it('says when the earliest window resets, and how many accounts are spent', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.always('a', { kind: 'usageLimit', resetsInSeconds: 600 });
    harness.lab.always('b', { kind: 'usageLimit', resetsInSeconds: 300 });
    const reply = await harness.ask();
    const error = errorOf(reply.body);
    assert.equal(reply.status, 429);
    assert.equal(error.type, 'usage_limit_reached');
    assert.ok(Math.abs((error.resets_at ?? 0) - Date.now() / 1000 - 300) < 5);
    assert.ok(Math.abs(Number(reply.headers['retry-after']) - 300) < 5);
    assert.match(String(reply.headers['x-codex-promo-message']), /all 2 accounts/);
    assert.equal((await harness.ask()).status, 429);
    assert.equal(harness.lab.requests.length, 2, 'a spent account is not asked again');
  });

  it('says when the first cooldown ends', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.always('a', { kind: 'status', status: 429, headers: { 'retry-after': '90' } });
    harness.lab.always('b', { kind: 'status', status: 429, headers: { 'retry-after': '60' } });
    const reply = await harness.ask();
    assert.equal(reply.status, 429);
    assert.equal(errorOf(reply.body).code, 'rate_limit_exceeded');
    assert.ok(Math.abs(Number(reply.headers['retry-after']) - 60) <= 1);
  });

  it('says 502 with the last cause when every account failed just now', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.always('a', { kind: 'status', status: 500 });
    harness.lab.always('b', { kind: 'status', status: 503 });
    const reply = await harness.ask();
    assert.equal(reply.status, 502);
    assert.equal(reply.headers['retry-after'], '5');
    assert.match(errorOf(reply.body).message, /503/);
  });

  it('tries the only account twice, and no more', async () => {
    harness = await startHarness([accountA]);
    harness.lab.always('a', { kind: 'status', status: 500 });
    assert.equal((await harness.ask()).status, 502);
    assert.equal(harness.lab.requests.length, 2);
    harness.lab.always('a', null);
    harness.lab.script('a', [{ kind: 'reset' }]);
    assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
  });

  it('gives one final, plain answer when waiting cures nothing', async () => {
    harness = await startHarness([accountA, accountB]);
    const [a] = (await harness.rpc.call('account/list')).items;
    assert.ok(a);
    await harness.rpc.call('account/update', { accountId: a.id, enabled: false });
    harness.lab.script('b', [{ kind: 'status', status: 403, body: { error: { code: 'account_deactivated', message: 'x' } } }]);
    const reply = await harness.ask();
    assert.equal(reply.status, 400);
    assert.equal(errorOf(reply.body).code, 'no_account_available');
    assert.match(errorOf(reply.body).message, /disabled: 1/);
    assert.match(errorOf(reply.body).message, /blocked: 1/);
  });

  it('says so when there is no account at all', async () => {
    harness = await startHarness([]);
    const reply = await harness.ask();
    assert.equal(reply.status, 400);
    assert.match(errorOf(reply.body).message, /no account yet/);
  });

  it('waits for an account that comes back within the budget, without sending headers', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_WAIT_BUDGET_MS: '10000' });
    harness.lab.script('a', [{ kind: 'status', status: 429, headers: { 'retry-after': '1' } }]);
    const reply = await harness.ask();
    assert.equal(reply.status, 200);
    assert.equal(textOf(reply.body), 'Hello from a.');
    assert.equal(harness.lab.requests.length, 2);
  });

  it('holds an unreachable provider against the route: 502 with Retry-After, and the account stays ready', async () => {
    harness = await startHarness([accountA]);
    await harness.lab.dispose();
    const reply = await harness.ask();
    assert.equal(reply.status, 502);
    assert.equal(reply.headers['retry-after'], '2');
    assert.equal((await harness.rpc.call('account/list')).items[0]?.status, 'unknown');
  });

  it('falls back to the OpenAI platform after all accounts, only with a real API key', async () => {
    harness = await startHarness([accountA, { ...accountB, apiKey: 'sk-real' }], { CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL: '$LAB/v1' });
    harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    harness.lab.script('b', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    assert.equal(textOf((await harness.ask()).body), 'Hello from b (platform).');
    const platform = harness.lab.requests.at(-1);
    assert.equal(platform?.path, '/v1/responses');
    assert.equal(platform?.headers['authorization'], 'Bearer sk-real');
    assert.equal(platform?.headers['chatgpt-account-id'], undefined);
  });

  it('stays with the honest answer when the fallback has no key or does not answer', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL: '$LAB/v1' });
    harness.lab.always('a', { kind: 'usageLimit', resetsInSeconds: 600 });
    assert.equal((await harness.ask()).status, 429);
    assert.equal(harness.lab.requests.length, 1);
  });
});
