import assert from 'node:assert/strict';
import { accountA, accountB, startHarness, textOf, type Harness, type Reply } from '../../lab/gatewayUnderTest.ts';

const accountC = { label: 'c', email: 'c@example.com', subject: 'auth0|c', chatgptAccountId: 'acc-c', plan: 'pro' };

interface Answer { readonly error: { readonly code: string; readonly message: string; readonly resets_at?: number } }

describe('who may take a request', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const begin = async (env: Record<string, string> = {}): Promise<void> => {
    harness = await startHarness([accountA, accountB, accountC], env);
  };
  const whoSaid = ({ body }: Reply): string => /Hello from (\w)/.exec(textOf(body))?.[1] ?? '-';
  const said = async (headers: Record<string, string> = {}): Promise<string> => whoSaid(await harness.ask({}, headers));
  const refusal = ({ body }: Reply): Answer['error'] => (JSON.parse(body) as Answer).error;
  const onlyKey = async () => {
    const [key] = (await harness.rpc.call('apikey/list')).items;
    assert.ok(key);
    return key.id;
  };

  it('is an account of the key\'s groups and plans, from the next request on', async () => {
    await begin();
    const id = await onlyKey();
    await harness.rpc.call('account/update', { accountId: await harness.accountId('b'), groupName: 'Team' });
    await harness.rpc.call('apikey/update', { id, accountGroups: [' Team ', 'Team'] });
    assert.deepEqual((await harness.rpc.call('apikey/list')).items[0]?.accountGroups, ['Team']);
    assert.equal(await said(), 'b');
    await harness.rpc.call('apikey/update', { id, accountGroups: ['IMPORT'], accountPlans: ['PRO'] });
    assert.equal(await said(), 'c');
    await harness.restart();
    assert.equal(await said(), 'c');
    await harness.rpc.call('apikey/update', { id, accountGroups: ['Nobody'] });
    const { status, body } = await harness.ask();
    assert.equal(status, 400);
    assert.match(refusal({ status, body, headers: {} }).message, /otherGroup: 3.*The platform key test may not use every account/);
    await harness.rpc.call('apikey/update', { id, accountGroups: null, accountPlans: null });
    assert.equal(await said(), 'a');
    await assert.rejects(harness.rpc.call('apikey/update', { id: 'gk_none' as typeof id, accountGroups: null }), { code: 'notFound' });
  });

  it('is not one of which the person keeps what is left', async () => {
    await begin();
    const [a, b, c] = [await harness.accountId('a'), await harness.accountId('b'), await harness.accountId('c')];
    assert.equal(await said(), 'a'); // 90 % of its 5-hour window is left now, as the answer told
    await harness.rpc.call('account/update', { accountId: a, reservePercent: 90 });
    assert.equal(await said(), 'b');
    const account = (await harness.rpc.call('account/list')).items[0];
    assert.deepEqual([account?.reservePercent, account?.status, account?.statusReason], [90, 'unavailable', 'reserved']);
    await harness.restart();
    assert.equal(await said(), 'b');
    await harness.rpc.call('account/updateMany', { accountIds: [b, c], reservePercent: 95 });
    assert.equal(await said(), 'c', 'of one that was not heard of nothing is known to be kept');
    const reply = await harness.ask();
    assert.equal(reply.status, 429);
    assert.equal(refusal(reply).code, 'usage_limit_reached');
    assert.match(refusal(reply).message, /reserved: 3/);
    assert.ok((refusal(reply).resets_at ?? 0) > Date.now() / 1000);
    await harness.rpc.call('account/update', { accountId: b, reservePercent: 0 });
    assert.equal(await said(), 'b');
    await assert.rejects(harness.rpc.call('account/update', { accountId: b, reservePercent: 100 }), /reservePercent/);
  });

  it('is written down with every request, and what speaks against the others', async () => {
    await begin();
    harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    await harness.rpc.call('account/update', { accountId: await harness.accountId('c'), enabled: false });
    await said({ 'session-id': 's' });
    await said({ 'session-id': 's' });
    await harness.rpc.call('gateway/manualAccount/set', { accountId: await harness.accountId('b') });
    await said();
    const [a, b, c] = [await harness.accountId('a'), await harness.accountId('b'), await harness.accountId('c')];
    await harness.rpc.call('account/update', { accountId: b, enabled: false });
    await harness.ask({}, { 'session-id': 's' });
    const { items } = await harness.rpc.call('requestlog/list');
    const [nobody, pinned, kept, first] = items.map(({ route }) => route);
    assert.deepEqual([first?.strategy, first?.why, first?.left, first?.candidates.map(({ accountId }) => accountId)], ['ordered', 'strategy', null, [a, b]]);
    assert.deepEqual(first?.skipped, [{ accountId: c, reason: 'disabled', until: null }]);
    assert.deepEqual([kept?.why, kept?.candidates.map(({ accountId, health, running }) => [accountId, health, running])], ['conversation', [[b, 100, 0]]]);
    assert.equal(pinned?.why, 'pinned');
    assert.deepEqual([nobody?.why, nobody?.left, nobody?.candidates], ['nobody', { accountId: b, reason: 'disabled' }, []]);
    assert.deepEqual(nobody?.skipped.map(({ accountId, reason }) => [accountId, reason]), [[a, 'exhausted'], [b, 'disabled'], [c, 'disabled']]);
    assert.ok((nobody?.skipped[0]?.until ?? 0) > Date.now() / 1000);
  });

  it('can be asked beforehand, for a key and a conversation', async () => {
    await begin({ CODEXMANAGER_ROUTE_STRATEGY: 'balanced' });
    const id = await onlyKey();
    assert.deepEqual([await said(), await said({ 'session-id': 'one' })], ['a', 'b']);
    const b = await harness.accountId('b');
    const explained = await harness.rpc.call('route/explain', { conversation: 'one' });
    assert.deepEqual([explained.why, explained.chosen], ['conversation', b]);
    await harness.rpc.call('apikey/update', { id, accountPlans: ['pro'] });
    const forKey = await harness.rpc.call('route/explain', { conversation: 'one', keyId: id });
    assert.deepEqual([forKey.why, forKey.chosen, forKey.candidates.map(({ reason }) => reason)], ['strategy', await harness.accountId('c'), [null, 'otherPlan', 'otherPlan']]);
    await assert.rejects(harness.rpc.call('route/explain', { keyId: 'gk_none' }), { code: 'notFound' });
  });
});

describe('routing settings', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const begin = async (env: Record<string, string> = {}): Promise<void> => {
    harness = await startHarness([accountA, accountB, accountC], env);
  };

  it('are kept, and a variable wins over them while it is set', async () => {
    await begin({ CODEXMANAGER_RETRY_MAX_ATTEMPTS: '3' });
    const changed = await harness.rpc.call('settings/update', { routeStrategy: 'drain', accountMaxInflight: 2 });
    assert.deepEqual([changed.settings.routeStrategy, changed.settings.accountMaxInflight, changed.settings.retryMaxAttempts], ['drain', 2, 3]);
    assert.deepEqual(changed.locked, [{ name: 'waitBudgetMs', variable: 'CODEXMANAGER_WAIT_BUDGET_MS' }, { name: 'retryMaxAttempts', variable: 'CODEXMANAGER_RETRY_MAX_ATTEMPTS' }]);
    await assert.rejects(harness.rpc.call('settings/update', { accountMaxInflight: 3, retryMaxAttempts: 4 }), /CODEXMANAGER_RETRY_MAX_ATTEMPTS decides "retryMaxAttempts" \(3\)/);
    await assert.rejects(harness.rpc.call('settings/update', { accountMaxInflight: -1 }), /accountMaxInflight/);
    await assert.rejects(harness.rpc.call('settings/update', { fastest: true } as never), /fastest/);
    await harness.restart();
    const { settings } = await harness.rpc.call('settings/get');
    assert.deepEqual([settings.routeStrategy, settings.accountMaxInflight], ['drain', 2]);
    assert.equal((await harness.rpc.call('route/state')).strategy, 'drain');
  });

  it('bound what one request tries in vain, in number and in time', async () => {
    await begin();
    for (const label of ['a', 'b', 'c']) harness.lab.always(label, { kind: 'status', status: 500 });
    await harness.rpc.call('settings/update', { retryMaxAttempts: 2 });
    const reply = await harness.ask();
    assert.deepEqual([reply.status, reply.headers['retry-after'], harness.lab.requests.length], [502, '5', 2]);
    assert.match(reply.body, /Gave up after 2 attempts in \d+ s\. Last cause: 500/);
    await harness.rpc.call('settings/update', { retryMaxAttempts: 0 });
    await harness.ask();
    assert.equal(harness.lab.requests.length, 2 + 4, 'each once, and the last once more because it is the only one left');
    for (const label of ['a', 'b']) harness.lab.always(label, { kind: 'usageLimit', resetsInSeconds: 600 });
    harness.lab.always('c', null);
    await harness.rpc.call('settings/update', { retryMaxAttempts: 1 });
    assert.equal((await harness.ask()).status, 200, 'accounts that turn out to be spent do not count');
  });

  it('hold parallel requests of one key and model back for as long as they say, and no longer', async () => {
    await begin();
    await harness.rpc.call('settings/update', { requestGateWaitMs: 60_000 });
    harness.lab.script('a', [{ kind: 'failed', code: 'server_error', afterEvents: 6, hold: true }]);
    const first = harness.ask();
    await harness.lab.until(() => harness.lab.requests.length === 1);
    const others = [harness.ask(), harness.ask()];
    const free = await harness.ask({ model: 'gpt-6-sol' });
    assert.equal(free.status, 200, 'another model has another gate');
    assert.equal(harness.lab.requests.length, 2);
    harness.lab.release();
    await first;
    assert.deepEqual((await Promise.all(others)).map(({ status }) => status), [200, 200]);
    await harness.rpc.call('requestlog/list'); // what was recorded is on disk then
    assert.equal([...harness.trace().matchAll(/event=REQUEST_GATE_ACQUIRED/g)].length, 4);
    await harness.rpc.call('settings/update', { requestGateWaitMs: 1 });
    harness.lab.script('b', [{ kind: 'failed', code: 'server_error', afterEvents: 6, hold: true }]);
    const stuck = harness.ask(); // at b, because a broke a stream a moment ago
    await harness.lab.until(() => harness.lab.requests.length === 5);
    assert.equal((await harness.ask()).status, 200, 'it goes on without the gate');
    await harness.rpc.call('requestlog/list');
    assert.match(harness.trace(), /event=REQUEST_GATE_SKIP trace_id=\S+ reason=gate_wait_timeout/);
    harness.lab.release();
    await stuck;
  });
});

describe('many requests at once', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const five = ['a', 'b', 'c', 'd', 'e'].map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}` }));

  /** So many requests that all run at the same time; answers how many each account has. */
  async function spread(count: number, headers: (i: number) => Record<string, string> = () => ({})): Promise<number[]> {
    for (const { label } of five) harness.lab.always(label, { kind: 'failed', code: 'server_error', afterEvents: 6, hold: true });
    const before = harness.lab.requests.length;
    const asked = Array.from({ length: count }, (_, i) => harness.ask({}, headers(i)));
    await harness.lab.until(() => harness.lab.requests.length === before + count);
    const { candidates } = await harness.rpc.call('route/explain');
    harness.lab.release();
    await Promise.all(asked);
    const byLabel = new Map(candidates.map(({ label, running }) => [label.slice(0, 1), running]));
    return five.map(({ label }) => byLabel.get(label) ?? 0);
  }

  it('are balanced over the pool under balanced', async () => {
    harness = await startHarness(five, { CODEXMANAGER_ROUTE_STRATEGY: 'balanced' });
    assert.deepEqual(await spread(50), [10, 10, 10, 10, 10]);
  });

  it('are balanced over the pool under headroom', async () => {
    harness = await startHarness(five, { CODEXMANAGER_ROUTE_STRATEGY: 'headroom' });
    const running = await spread(50);
    assert.equal(running.reduce((sum, one) => sum + one, 0), 50);
    assert.ok(Math.min(...running) >= 5 && Math.max(...running) <= 15, running.join(' '));
  });

  it('of one conversation stay together until its account runs as many as it may', async () => {
    harness = await startHarness(five, { CODEXMANAGER_ROUTE_STRATEGY: 'balanced', CODEXMANAGER_ACCOUNT_MAX_INFLIGHT: '4' });
    await harness.ask({}, { 'session-id': 'one' });
    const running = await spread(10, () => ({ 'session-id': 'one' }));
    assert.deepEqual([running[0], running.reduce((sum, one) => sum + one, 0), Math.max(...running)], [4, 10, 4]);
  });
});
