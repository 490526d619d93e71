import assert from 'node:assert/strict';
import { parseEnvFile } from '../../../src/core/envFile.ts';
import { parseEngineConfig } from '../../../src/core/parseEngineConfig.ts';

const parse = (variables: Record<string, string>) => parseEngineConfig(Object.fromEntries(Object.entries(variables).map(([name, value]) => [`CODEXMANAGER_${name}`, value])), '/data/codexmanager.db');

describe('parseEngineConfig', () => {
  it('has CodexManager\'s defaults', () => {
    assert.deepEqual(parse({}), {
      listen: { host: 'localhost', port: 48760 }, allowedHosts: [], noService: false, maxBodyBytes: 16_777_216,
      upstreamBaseUrl: 'https://chatgpt.com/backend-api/codex', fallbackBaseUrl: 'https://api.openai.com/v1', issuer: 'https://auth.openai.com', clientId: 'app_EMoamEEZ73f0CkXaXp7hrann',
      usageBaseUrl: 'https://chatgpt.com', connectTimeoutMs: 15_000, totalTimeoutMs: 120_000, streamTimeoutMs: 300_000,
      rpcToken: null, rpcTokenFile: '/data/codexmanager.rpc-token', upstreamCookie: null, upstreamHttp2: false, proxyList: '', originator: 'codex_cli_rs', redirectUri: null, loginListen: { host: 'localhost', port: 1455 }, loginNonLoopback: false, lowPercent: 15,
      usage: { poll: true, whenIdle: false, pace: { intervalMs: 600_000, jitterMs: 5_000, backoffMaxMs: 1_800_000 }, workers: 4, failureWindowMs: 60_000, retainPerAccount: 200 },
      decided: {},
      trace: { previewBytes: 0, queueLines: 2_048, fileBytes: 10_485_760 },
      keepalive: { intervalMs: 180_000, jitterMs: 5_000, backoffMaxMs: 900_000 },
    });
  });

  it('knows no trace without a queue or a file', () => {
    assert.deepEqual(parse({ TRACE_BODY_PREVIEW_MAX_BYTES: '64', TRACE_QUEUE_CAPACITY: '9', TRACE_MAX_BYTES: '7000' }).trace, { previewBytes: 64, queueLines: 9, fileBytes: 7_000 });
    assert.deepEqual(parse({ TRACE_BODY_PREVIEW_MAX_BYTES: 'x', TRACE_QUEUE_CAPACITY: '0', TRACE_MAX_BYTES: '0' }).trace, { previewBytes: 0, queueLines: 2_048, fileBytes: 10_485_760 });
  });

  it('has the original\'s rules for what is asked again and again', () => {
    const { usage, keepalive } = parse({ DISABLE_POLLING: '', USAGE_POLL_INTERVAL_SECS: '5', POLL_JITTER_SECS: '9', GATEWAY_KEEPALIVE_JITTER_SECS: 'x', USAGE_POLL_FAILURE_BACKOFF_MAX_SECS: '7', USAGE_REFRESH_WORKERS: '0' });
    assert.deepEqual([usage.poll, usage.pace, usage.workers], [false, { intervalMs: 30_000, jitterMs: 9_000, backoffMaxMs: 30_000 }, 1]);
    assert.deepEqual(keepalive, { intervalMs: 180_000, jitterMs: 5_000, backoffMaxMs: 900_000 });
  });

  it('has the original\'s rules for routing', () => {
    assert.deepEqual(['RR', 'priority', 'drain', 'nonsense'].map((ROUTE_STRATEGY) => parse({ ROUTE_STRATEGY }).decided), ['balanced', 'ordered', 'drain', 'ordered'].map((routeStrategy) => ({ routeStrategy })));
    assert.deepEqual(parse({ ROUTE_HEALTH_P2C_ENABLED: 'Off', ROUTE_HEALTH_P2C_ORDERED_WINDOW: ' 9 ' }).decided, { routeHealthP2c: false, routeHealthOrderedWindow: 9 });
    assert.deepEqual(parse({ ROUTE_HEALTH_P2C_ENABLED: 'maybe', ROUTE_HEALTH_P2C_BALANCED_WINDOW: '0', ROUTE_STATE_TTL_SECS: '', ROUTE_STATE_CAPACITY: 'x', ACCOUNT_MAX_INFLIGHT: '2' }).decided, { routeHealthBalancedWindow: 0, accountMaxInflight: 2 });
    assert.deepEqual(parse({ WAIT_BUDGET_MS: '5', RETRY_MAX_ATTEMPTS: '0', RETRY_MAX_MS: '999999999999999', REQUEST_GATE_WAIT_TIMEOUT_MS: '300' }).decided, { waitBudgetMs: 5, retryMaxAttempts: 0, retryMaxMs: 86_400_000, requestGateWaitMs: 300 });
  });

  it('asks for usage where requests go', () => {
    assert.equal(parse({ UPSTREAM_BASE_URL: 'http://127.0.0.1:9/backend-api/codex' }).usageBaseUrl, 'http://127.0.0.1:9/backend-api');
    assert.equal(parse({ UPSTREAM_BASE_URL: 'http://127.0.0.1:9/backend-api/codex', USAGE_BASE_URL: 'http://x/' }).usageBaseUrl, 'http://x');
    assert.equal(parse({ UPSTREAM_BASE_URL: 'http://127.0.0.1:9/v1' }).usageBaseUrl, 'https://chatgpt.com');
  });

  it('reads addresses in every form', () => {
    for (const [value, host, port] of [['48761', 'localhost', 48761], ['0.0.0.0:1', '0.0.0.0', 1], ['[::1]:2', '[::1]', 2], ['http://localhost:3/x', 'localhost', 3], [' localhost:0 ', 'localhost', 0]] as const) {
      assert.deepEqual(parse({ SERVICE_ADDR: value }).listen, { host, port });
    }
    assert.deepEqual(parse({ ALLOWED_HOSTS: ' Box.lan, ,b ' }).allowedHosts, ['box.lan', 'b']);
  });

  it('makes a Codex backend of a ChatGPT host, and knows no fallback for any other', () => {
    assert.equal(parse({ UPSTREAM_BASE_URL: 'https://chatgpt.com/' }).upstreamBaseUrl, 'https://chatgpt.com/backend-api/codex');
    assert.equal(parse({ UPSTREAM_BASE_URL: 'http://127.0.0.1:1/v1/' }).upstreamBaseUrl, 'http://127.0.0.1:1/v1');
    assert.equal(parse({ UPSTREAM_BASE_URL: 'http://127.0.0.1:1/v1' }).fallbackBaseUrl, null);
    assert.equal(parse({ UPSTREAM_BASE_URL: 'https://chatgpt.com.evil.example' }).fallbackBaseUrl, null);
  });

  it('takes the default for a number that is none, and zero for zero', () => {
    assert.equal(parse({ UPSTREAM_TOTAL_TIMEOUT_MS: '12s' }).totalTimeoutMs, 120_000);
    assert.equal(parse({ UPSTREAM_TOTAL_TIMEOUT_MS: ' 0 ' }).totalTimeoutMs, 0);
  });

  it('speaks HTTP/2 to the provider only when told to', () => {
    assert.deepEqual(['on', 'TRUE', 'no', 'maybe'].map((UPSTREAM_HTTP2) => parse({ UPSTREAM_HTTP2 }).upstreamHttp2), [true, true, false, false]);
  });

  it('names the variable that cannot be', () => {
    for (const [name, value] of [['UPSTREAM_BASE_URL', 'chatgpt.com'], ['ISSUER', 'ftp://x'], ['SERVICE_ADDR', 'localhost'], ['SERVICE_ADDR', 'localhost:99999']] as const) {
      assert.throws(() => parse({ [name]: value }), { code: 'badRequest', message: new RegExp(`CODEXMANAGER_${name}`) });
    }
  });
});

describe('parseEnvFile', () => {
  it('reads the lines CodexManager reads', () => {
    assert.deepEqual(parseEnvFile('\ufeff# c\r\n; c\nA=1\nexport B = "two # 2" \nC=\'x\'\nD=a # comment\nE=a#b\nF=\nbad line\n=x\n'), { A: '1', B: 'two # 2', C: 'x', D: 'a', E: 'a#b', F: '' });
  });
});
