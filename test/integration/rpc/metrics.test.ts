import assert from 'node:assert/strict';
import parse, { type Metric } from 'parse-prometheus-text-format';
import { accountA, accountB, send, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

/** Every series of CodexManager v0.1.3. */
const original = [
  'gateway_requests_total', 'gateway_requests_active', 'gateway_account_inflight_total', 'gateway_failover_attempts_total', 'gateway_cooldown_marks_total', 'rpc_requests_total', 'rpc_requests_failed_total',
  'rpc_request_duration_milliseconds_total', 'rpc_request_duration_milliseconds_count', 'usage_refresh_attempts_total', 'usage_refresh_success_total', 'usage_refresh_failures_total',
  'usage_refresh_duration_milliseconds_total', 'usage_refresh_duration_milliseconds_count', 'db_errors_total', 'db_busy_total', 'http_queue_capacity', 'http_queue_depth', 'http_stream_queue_capacity',
  'http_stream_queue_depth', 'http_queue_enqueue_failures_total', 'gateway_upstream_attempt_duration_milliseconds_total', 'gateway_upstream_attempt_duration_milliseconds_count',
  'gateway_upstream_attempt_errors_total', 'gateway_requests_labeled_total',
].map((name) => `codexmanager_${name}`);

describe('metrics and probes', () => {
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  const get = (path: string, token: string | null = harness.service.ready.token) => send(`${harness.service.ready.rpcUrl}${path}`, { method: 'GET', headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const read = async (): Promise<Map<string, Metric>> => new Map(parse((await get('/metrics')).body).map((metric) => [metric.name, metric]));
  const valueOf = (metrics: Map<string, Metric>, name: string, labels: Record<string, string> = {}): number | undefined => {
    const found = metrics.get(`codexmanager_${name}`)?.metrics.find((one) => Object.entries(labels).every(([label, value]) => one.labels?.[label] === value));
    return found?.value === undefined ? undefined : Number(found.value);
  };

  it('are Prometheus\' text, with every series of the original and what happened', async () => {
    harness.lab.script('a', [{ kind: 'status', status: 500 }, { kind: 'usageLimit', resetsInSeconds: 600 }]);
    for (let i = 0; i < 3; i += 1) await harness.ask();
    await send(`${harness.url}/v1/nothing`, { method: 'GET' });
    await send(`${harness.url}/health`, { method: 'GET' });
    await harness.ask({}, { authorization: 'Bearer wrong' });
    await harness.rpc.call('account/usage/refresh', { accountId: await harness.accountId('b') });
    await assert.rejects(harness.rpc.call('account/tokens/refresh', { accountId: 'acc_none' as never }));
    const metrics = await read();
    assert.deepEqual(original.filter((name) => !metrics.has(name)), []);
    assert.deepEqual(['gateway_requests_total', 'gateway_requests_active', 'gateway_account_inflight_total', 'gateway_cooldown_marks_total', 'gateway_upstream_attempt_duration_milliseconds_count', 'gateway_upstream_attempt_errors_total', 'usage_refresh_success_total', 'rpc_requests_failed_total', 'db_errors_total'].map((name) => valueOf(metrics, name)), [5, 0, 0, 1, 5, 0, 1, 1, 0]);
    assert.equal(valueOf(metrics, 'gateway_requests_labeled_total', { route: 'responses', status_class: '2xx', protocol: 'openai_compat' }), 3);
    assert.equal(valueOf(metrics, 'gateway_requests_labeled_total', { route: 'responses', status_class: '4xx', protocol: 'unknown' }), 1);
    assert.equal(valueOf(metrics, 'gateway_requests_labeled_total', { route: 'other', status_class: '4xx', protocol: 'unknown' }), 1);
    assert.deepEqual([valueOf(metrics, 'gateway_attempts_total', { outcome: 'ok' }), valueOf(metrics, 'gateway_failovers_total', { reason: '429 usage_limit_reached' })], [3, 1]);
    const { items } = await harness.rpc.call('requestlog/list');
    for (const [kind, sum] of [['input', items.reduce((all, { inputTokens }) => all + (inputTokens ?? 0), 0)], ['output', items.reduce((all, { outputTokens }) => all + (outputTokens ?? 0), 0)]] as const) {
      assert.equal(valueOf(metrics, 'tokens_total', { model: 'gpt-5.5', kind }), sum);
    }
    assert.deepEqual([valueOf(metrics, 'accounts', { status: 'exhausted' }), valueOf(metrics, 'accounts', { status: 'ready' })], [1, 1]);
    const duration = metrics.get('codexmanager_gateway_request_duration_seconds')?.metrics[0];
    assert.deepEqual([duration?.count, duration?.buckets?.['+Inf']], ['4', '4']);
    assert.ok((await read()).has('codexmanager_event_loop_delay_seconds'));
  });

  it('tell nobody without the token', async () => {
    assert.deepEqual([(await get('/metrics', null)).status, (await get('/metrics', 'x')).status], [401, 401]);
    assert.equal((await send(`${harness.url}/metrics`, { method: 'GET' })).status, 404, 'not on the gateway\'s port unless it was asked for');
  });

  it('say whether a turn could be answered now', async () => {
    const ready = () => send(`${harness.url}/ready`, { method: 'GET' });
    assert.deepEqual([(await ready()).status, (await ready()).body], [200, 'ready']);
    await harness.rpc.call('account/updateMany', { accountIds: [await harness.accountId('a'), await harness.accountId('b')], enabled: false });
    assert.deepEqual([(await ready()).status, (await ready()).body], [503, 'no account can take a request']);
    assert.equal((await send(`${harness.url}/health`, { method: 'GET' })).body, 'ok');
  });
});
