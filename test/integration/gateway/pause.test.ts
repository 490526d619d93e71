import assert from 'node:assert/strict';
import { accountA, send, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('a paused gateway', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const get = (path: string) => send(`${harness.url}${path}`, { method: 'GET', headers: { authorization: `Bearer ${harness.key}` } });

  it('refuses new requests, lets running ones end, and keeps its port, also over a restart', async () => {
    harness = await startHarness([accountA]);
    harness.lab.script('a', [{ kind: 'insert', event: { type: 'codex.note' }, afterEvents: 6, hold: true }]);
    const running = harness.ask();
    await harness.lab.until(() => harness.lab.held === 1);
    const paused = await harness.rpc.call('gateway/pause');
    assert.deepEqual([paused.state, paused.paused], ['running', true]);
    const refused = await harness.ask();
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '30']);
    assert.match(refused.body, /"gateway_paused"/);
    assert.deepEqual([(await get('/v1/models')).status, (await get('/ready')).status, (await get('/health')).status], [503, 503, 200]);
    harness.lab.release();
    assert.equal(textOf((await running).body), 'Hello from a.');
    await harness.restart();
    assert.deepEqual([(await harness.rpc.call('gateway/status')).paused, (await harness.ask()).status], [true, 503]);
    assert.equal((await harness.rpc.call('gateway/resume')).paused, false);
    assert.equal((await harness.ask()).status, 200);
    const rows = (await harness.rpc.call('requestlog/list')).items;
    assert.deepEqual(rows.filter(({ method }) => method === 'POST').map(({ statusCode }) => statusCode), [200, 503, 200, 503]);
    await assert.rejects(send(`${harness.url}/v1/responses`, { method: 'POST' }).then(({ status }) => assert.equal(status, 200)), /401/, 'a stranger learns nothing of it');
  });

  it('is told to every window', async () => {
    harness = await startHarness([accountA]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = harness.rpc.subscribe((event, payload) => {
      if (event === 'gateway/changed' && (payload as { paused: boolean }).paused) resolve();
    }, () => undefined);
    await harness.rpc.call('gateway/pause');
    await promise;
    void subscription.dispose();
  });

  it('is not started where CODEXMANAGER_NO_SERVICE is set, until somebody starts it', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_NO_SERVICE: '' });
    assert.equal((await harness.rpc.call('gateway/status')).state, 'stopped');
    const { state, addresses } = await harness.rpc.call('gateway/start');
    assert.equal(state, 'running');
    assert.equal((await send(`${addresses[0] ?? ''}/health`, { method: 'GET' })).status, 200);
  });
});
