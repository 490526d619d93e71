import assert from 'node:assert/strict';
import type { Account } from '../../../src/contract/account.ts';
import type { UsageRefresh } from '../../../src/contract/usage.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { ManualClock } from '../../lab/manualClock.ts';

describe('usage', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const view = async (label: string): Promise<Account> => {
    const id = await harness.accountId(label);
    const found = (await harness.rpc.call('account/list')).items.find((account) => account.id === id);
    assert.ok(found);
    return found;
  };
  const used = async (label: string) => (await view(label)).windows.map(({ name, usedPercent }) => [name, usedPercent]);
  const refresh = async (label: string) => harness.rpc.call('account/usage/refresh', { accountId: await harness.accountId(label) });

  it('is read, shown with plan and resets, and told in the original\'s form', async () => {
    harness = await startHarness([{ ...accountA, usedPercent: 42, weeklyPercent: 7, plan: 'pro', resetCredits: 2 }]);
    assert.equal((await harness.rpc.call('account/usage/read')).snapshot, null);
    await refresh('a');
    const account = await view('a');
    assert.deepEqual([await used('a'), account.plan, account.resetCredits, account.status, account.credits?.balance], [[['5 h', 42], ['7 d', 7]], 'pro', 2, 'ready', '0']);
    const { snapshot } = await harness.rpc.call('account/usage/read', { accountId: account.id });
    assert.deepEqual([snapshot?.availabilityStatus, snapshot?.usedPercent, snapshot?.secondaryUsedPercent, snapshot?.windowMinutes], ['available', 42, 7, 300]);
    assert.equal((await harness.rpc.call('account/usage/list')).items.length, 1);
    assert.equal(account.workspaceName, 'Lab', 'the workspace is asked for along with it');
  });

  it('follows every answer and every event in it, the moment it arrives', async () => {
    harness = await startHarness([{ ...accountA, usedPercent: 10, weeklyPercent: 7, costPercent: 5 }]);
    await harness.ask();
    assert.deepEqual(await used('a'), [['5 h', 15], ['7 d', 7]]);
    harness.lab.script('a', [{ kind: 'insert', afterEvents: 4, event: { type: 'codex.rate_limits', plan_type: 'plus', rate_limits: { allowed: true, limit_reached: false, primary: { used_percent: 64, window_minutes: 300, reset_after_seconds: 600, reset_at: 0 }, secondary: null } } }]);
    assert.equal((await harness.ask()).status, 200);
    assert.deepEqual(await used('a'), [['5 h', 64]]);
    harness.lab.script('a', [{ kind: 'status', status: 429, headers: { 'x-codex-primary-used-percent': '100', 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-after-seconds': '600', 'retry-after': '9' } }]);
    await harness.ask();
    const account = await view('a');
    assert.deepEqual([account.status, account.windows[0]?.usedPercent], ['exhausted', 100]);
  });

  it('never takes back a limit for an older, rosier answer', async () => {
    harness = await startHarness([accountA, accountB]);
    harness.lab.script('a', [{ kind: 'usageLimit', resetsInSeconds: 3_600 }]);
    await harness.ask();
    await refresh('a');
    const account = await view('a');
    assert.deepEqual([account.status, account.windows[0]?.usedPercent], ['exhausted', 10]);
  });

  it('never makes an account unavailable because of the usage endpoint\'s own troubles', async () => {
    harness = await startHarness([accountA]);
    await refresh('a');
    for (const [status, body] of [[500, {}], [503, 'x'], [429, { error: { type: 'usage_limit_reached', resets_in_seconds: 600 } }], [404, {}], [200, { nonsense: true }]] as const) {
      harness.lab.usage('a', { status, body });
      await assert.rejects(refresh('a'), { code: 'upstream' });
      const account = await view('a');
      assert.equal(account.status, 'ready', String(status));
      assert.ok(account.usageError);
    }
    harness.lab.usage('a', null);
    await refresh('a');
    assert.equal((await view('a')).usageError, null);
  });

  it('closes an account that the provider says is closed, and opens it with a good answer', async () => {
    harness = await startHarness([accountA]);
    harness.lab.usage('a', { status: 403, body: { error: { code: 'deactivated_workspace', message: 'x' } } });
    await assert.rejects(refresh('a'));
    assert.equal((await view('a')).status, 'blocked');
    harness.lab.usage('a', null);
    await refresh('a');
    assert.equal((await view('a')).status, 'ready');
  });

  it('renews a token that is refused, once for everybody who asks', async () => {
    harness = await startHarness([accountA]);
    harness.lab.expireAccess('a');
    await Promise.all([refresh('a'), refresh('a'), harness.ask(), harness.ask()]);
    assert.equal((await view('a')).status, 'ready');
    assert.equal(harness.lab.refreshes('a').rotated, 1);
  });

  it('refreshes all with progress, counts failures, and can be cancelled', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ ...accountA, label: `m${i}`, email: `m${i}@x`, subject: `s${i}`, chatgptAccountId: `acc-${i}` }));
    harness = await startHarness(many);
    harness.lab.usage('m3', { status: 500, body: {} });
    const seen: UsageRefresh[] = [await harness.rpc.call('account/usage/refresh/start')];
    for (let last = seen[0]; last?.state === 'running'; last = seen.at(-1)) seen.push(await harness.rpc.call('account/usage/refresh/status', { refreshId: last.refreshId, seenRevision: last.revision, waitMs: 5_000 }));
    const end = seen.at(-1);
    assert.deepEqual([end?.state, end?.total, end?.done, end?.failed, end?.failures.map(({ label, reason }) => [label, reason])], ['done', 30, 30, 1, [['m3@x', 'http_500']]]);
    assert.deepEqual([seen[0]?.state, seen[0]?.done], ['running', 0]);
    const second = await harness.rpc.call('account/usage/refresh/start');
    const cancelled = await harness.rpc.call('account/usage/refresh/cancel', { refreshId: second.refreshId });
    assert.equal(cancelled.state, 'cancelled');
    assert.ok(cancelled.done < 30);
    await assert.rejects(harness.rpc.call('account/usage/refresh/status', { refreshId: 'x' }), { code: 'notFound' });
  });

  it('asks each account once right after it came, and polls only while somebody looks or sends', async () => {
    const clock = new ManualClock();
    harness = await startHarness([accountA, accountB], { CODEXMANAGER_USAGE_POLL_JITTER_SECS: '0', CODEXMANAGER_USAGE_POLL_INTERVAL_SECS: '200' }, { clock, polling: true });
    const { lab, rpc } = harness;
    await lab.until(() => lab.usageRequests.length === 2);
    assert.deepEqual([...lab.usageRequests].sort(), ['a', 'b']);
    await rpc.call('account/usage/refresh'); // joins what is still under way
    const before = lab.usageRequests.length;
    await clock.untilSleeping(200_000);
    clock.pass(400_000);
    await clock.untilSleeping(200_000);
    assert.equal(lab.usageRequests.length, before, 'nobody looks');
    await rpc.call('window/presence', { windowId: 'w', active: true });
    await lab.until(() => lab.usageRequests.length === before + 2); // at once: whoever comes back sees fresh figures
    await clock.untilSleeping(200_000);
    clock.pass(200_000);
    await lab.until(() => lab.usageRequests.length === before + 4);
    await rpc.call('account/usage/refresh');
    const after = lab.usageRequests.length;
    await rpc.call('window/presence', { windowId: 'w', active: false });
    await clock.untilSleeping(200_000);
    clock.pass(200_000);
    await clock.untilSleeping(200_000);
    assert.equal(lab.usageRequests.length, after);
  });

  it('lets one window tell a person, and no other', async () => {
    harness = await startHarness([]);
    const claim = async (...keys: string[]): Promise<string[]> => (await harness.rpc.call('notice/claim', { keys })).granted;
    assert.deepEqual(await Promise.all([claim('low:a:1'), claim('low:a:1')]), [['low:a:1'], []]);
    assert.deepEqual(await claim('low:a:1', 'low:a:2'), ['low:a:2']);
  });

  it('keeps hours, and forgets them with the account', async () => {
    harness = await startHarness([accountA]);
    await refresh('a');
    const hours = (await harness.rpc.call('usage/history', {})).items;
    assert.deepEqual(hours.map(({ window, first, last }) => [window, first, last]), [['5 h', 10, 10], ['7 d', 5, 5]]);
    await harness.restart();
    assert.deepEqual(await used('a'), [['5 h', 10], ['7 d', 5]], 'windows survive a restart');
    await harness.rpc.call('account/delete', { accountId: await harness.accountId('a') });
    assert.deepEqual((await harness.rpc.call('usage/history', {})).items, []);
  });

  it('says what the pool holds, who is next, and why not the first', async () => {
    harness = await startHarness([{ ...accountA, usedPercent: 100 }, { ...accountB, usedPercent: 25 }]);
    await refresh('a');
    await refresh('b');
    const pool = await harness.rpc.call('usage/pool');
    assert.deepEqual([pool.ready, pool.total, pool.short, pool.next?.label, pool.passedOver.map(({ label, reason }) => [label, reason])], [1, 2, { left: 0.75, accounts: 2 }, 'b@example.com', [['a@example.com', 'exhausted']]]);
  });

  it('redeems a reset only when asked to, and once for however many calls', async () => {
    harness = await startHarness([{ ...accountA, usedPercent: 100, resetCredits: 1 }]);
    await refresh('a');
    const accountId = await harness.accountId('a');
    assert.equal((await view('a')).status, 'exhausted');
    const { items } = await harness.rpc.call('account/resetCredits/list', { accountId });
    assert.deepEqual(items.map(({ id, status, type }) => [id, status, type]), [['credit-1', 'available', 'codex_rate_limits']]);
    assert.equal((await harness.rpc.call('account/resetCredits/redeem', { accountId, creditId: 'credit-1' })).outcome, 'reset');
    const account = await view('a');
    assert.deepEqual([account.status, account.windows[0]?.usedPercent, account.resetCredits], ['ready', 0, 0]);
    assert.equal((await harness.rpc.call('account/resetCredits/redeem', { accountId, creditId: 'credit-1' })).outcome, 'alreadyRedeemed');
  });
});
