import assert from 'node:assert/strict';
import { accountA, accountB, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

const accountC = { label: 'c', email: 'c@example.com', subject: 'auth0|c', chatgptAccountId: 'acc-c' };

describe('routing', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const begin = async (env: Record<string, string> = {}): Promise<void> => {
    harness = await startHarness([accountA, accountB, accountC], env);
  };
  const said = async (headers: Record<string, string> = {}, body: Record<string, unknown> = {}): Promise<string> => /Hello from (\w)/.exec(textOf((await harness.ask(body, headers)).body))?.[1] ?? '-';
  const setStrategy = (strategy: string) => harness.rpc.call('gateway/routeStrategy/set', { strategy });

  it('follows the strategy that is set, from the next request on, also after a restart', async () => {
    await begin();
    assert.deepEqual([await said(), await said()], ['a', 'a']);
    assert.equal((await setStrategy(' Round-Robin ')).strategy, 'balanced');
    assert.deepEqual([await said(), await said(), await said(), await said()], ['a', 'b', 'c', 'a']);
    await harness.restart();
    assert.deepEqual(await harness.rpc.call('gateway/routeStrategy/get'), { strategy: 'balanced', options: ['ordered', 'balanced', 'headroom', 'drain'], manualPreferredAccountId: null });
    assert.deepEqual([await said(), await said()], ['a', 'b']);
    await assert.rejects(setStrategy('fastest'), /There is no strategy "fastest"/);
  });

  it('lets a variable of the process decide, and says so', async () => {
    await begin({ CODEXMANAGER_ROUTE_STRATEGY: 'balanced' });
    assert.equal((await harness.rpc.call('route/state')).locked, true);
    await assert.rejects(setStrategy('ordered'), { code: 'conflict' });
    assert.deepEqual([await said(), await said()], ['a', 'b']);
  });

  it('keeps a conversation with the account that answered it, under whatever name and over a restart', async () => {
    await begin({ CODEXMANAGER_ROUTE_STRATEGY: 'balanced' });
    assert.deepEqual([await said(), await said({ 'session-id': 'one' })], ['a', 'b']);
    assert.deepEqual([await said({ session_id: 'one' }), await said({ conversation_id: 'one' }), await said({}, { prompt_cache_key: 'one' }), await said({ 'x-claude-code-session-id': 'one' }), await said({}, { metadata: { user_id: 'one' } })], ['b', 'b', 'b', 'b', 'b']);
    assert.equal(await said(), 'c');
    await harness.restart();
    assert.equal(await said({ 'session-id': 'one' }), 'b');
    harness.lab.script('b', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    const moved = await said({ 'session-id': 'one' });
    assert.notEqual(moved, 'b');
    assert.equal(await said({ 'session-id': 'one' }), moved, 'it stays where it moved to');
  });

  it('asks the pinned account first until it fails', async () => {
    await begin();
    const accountId = await harness.accountId('c');
    await harness.rpc.call('gateway/manualAccount/set', { accountId });
    assert.equal((await harness.rpc.call('gateway/manualAccount/get')).accountId, accountId);
    assert.deepEqual([await said(), await said({ 'session-id': 'x' })], ['c', 'c']);
    await harness.restart();
    assert.equal(await said(), 'c');
    harness.lab.script('c', [{ kind: 'status', status: 500 }]);
    assert.deepEqual([await said(), await said()], ['a', 'a']);
    assert.equal((await harness.rpc.call('route/state')).pinned, null);
    await harness.rpc.call('gateway/manualAccount/set', { accountId });
    await harness.rpc.call('gateway/manualAccount/clear');
    assert.equal(await said(), 'a');
    await assert.rejects(harness.rpc.call('gateway/manualAccount/set', { accountId: 'acc_none' as typeof accountId }), { code: 'notFound' });
  });

  it('runs no more requests on an account than it may while another one is free', async () => {
    await begin({ CODEXMANAGER_ACCOUNT_MAX_INFLIGHT: '1' });
    for (const label of ['a', 'b', 'c']) harness.lab.script(label, [{ kind: 'failed', code: 'server_error', afterEvents: 6, hold: true }]);
    const asked = [];
    for (const count of [1, 2, 3]) {
      asked.push(harness.ask());
      await harness.lab.until(() => harness.lab.requests.length === count);
    }
    assert.deepEqual(harness.lab.requests.map(({ account }) => account), ['a', 'b', 'c']);
    const { candidates } = await harness.rpc.call('route/explain');
    assert.deepEqual(candidates.map(({ running }) => running), [1, 1, 1]);
    harness.lab.release();
    await Promise.all(asked);
    assert.deepEqual((await harness.rpc.call('route/explain')).candidates.map(({ running }) => running), [0, 0, 0]);
  });

  it('changes nothing for answers under way, whatever is decided meanwhile', async () => {
    await begin();
    harness.lab.script('a', [{ kind: 'insert', event: { type: 'codex.note' }, afterEvents: 6, hold: true }]);
    const running = harness.ask();
    await harness.lab.until(() => harness.lab.requests.length === 1);
    const accountId = await harness.accountId('a');
    await setStrategy('drain');
    await harness.rpc.call('settings/update', { accountMaxInflight: 1, retryMaxMs: 1 });
    await harness.rpc.call('account/update', { accountId, enabled: false, reservePercent: 99, groupName: 'Other' });
    assert.equal(await said(), 'b');
    harness.lab.release();
    assert.equal(textOf((await running).body), 'Hello from a.');
  });

  it('leaves no count behind when clients vanish', async () => {
    await begin();
    harness.lab.script('a', [{ kind: 'stall', afterEvents: 6 }]);
    const gone = harness.ask().catch(() => null);
    await harness.lab.until(() => harness.lab.requests.length === 1);
    await harness.rpc.call('gateway/stop');
    await gone;
    await harness.lab.until(() => harness.lab.requests[0]?.aborted === true);
    assert.equal((await harness.rpc.call('route/explain')).candidates[0]?.running, 0);
  });

  it('explains who would be asked, in which order, and why nobody else', async () => {
    await begin();
    harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    await said();
    await harness.rpc.call('account/update', { accountId: await harness.accountId('c'), enabled: false });
    const explained = await harness.rpc.call('route/explain', { model: 'gpt-5.5' });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((label) => harness.accountId(label)));
    assert.deepEqual([explained.strategy, explained.why, explained.chosen], ['ordered', 'strategy', b]);
    assert.deepEqual(explained.candidates.map(({ accountId, place, reason }) => [accountId, place, reason]), [[b, 1, null], [a, null, 'exhausted'], [c, null, 'disabled']]);
    assert.ok((explained.candidates[1]?.until ?? 0) > Date.now() / 1000);
    const before = harness.lab.requests.length;
    await harness.rpc.call('route/explain');
    assert.equal(harness.lab.requests.length, before, 'nothing is sent');
  });
});
