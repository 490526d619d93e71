import assert from 'node:assert/strict';
import { accountA, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('time limits', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  it('end an answer that is not a stream, and say which limit it was', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_UPSTREAM_TOTAL_TIMEOUT_MS: '300' });
    harness.lab.script('a', [{ kind: 'stall', afterEvents: 6 }]);
    const reply = await harness.ask({ stream: false });
    assert.equal(reply.status, 504);
    assert.match(reply.body, /CODEXMANAGER_UPSTREAM_TOTAL_TIMEOUT_MS.*"upstream_timeout"/);
    await harness.lab.until(() => harness.lab.requests[0]?.aborted === true);
    const [row] = (await harness.rpc.call('requestlog/list')).items;
    assert.deepEqual([row?.statusCode, row?.error], [504, 'total_timeout']);
    assert.equal((await harness.rpc.call('route/explain')).candidates[0]?.running, 0);
  });

  it('never cut a stream that is alive', async () => {
    harness = await startHarness([accountA], { CODEXMANAGER_UPSTREAM_TOTAL_TIMEOUT_MS: '300', CODEXMANAGER_UPSTREAM_STREAM_TIMEOUT_MS: '5000', CODEXMANAGER_RETRY_MAX_MS: '1' }, { lab: { paceMs: 60 } });
    const startedAt = performance.now();
    const reply = await harness.ask();
    assert.equal(textOf(reply.body), 'Hello from a.');
    assert.match(reply.body, /response\.completed/);
    assert.ok(performance.now() - startedAt > 600, 'twice the limit');
  });
});
