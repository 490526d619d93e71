import assert from 'node:assert/strict';
import { failedEvent, keepAliveEvent, responsesRefusal } from '../../../../src/protocol/responses/errorBody.ts';
import { readUpstreamError } from '../../../../src/protocol/responses/upstreamErrorBody.ts';

describe('readUpstreamError', () => {
  const read = (body: string, type = 'application/json') => readUpstreamError(429, type, Buffer.from(body));

  it('reads every shape the provider uses', () => {
    const limit = read('{"error":{"type":"usage_limit_reached","message":"m","plan_type":"plus","resets_at":5,"resets_in_seconds":6}}');
    assert.deepEqual([limit.type, limit.message, limit.planType, limit.resetsAt, limit.resetsInSeconds], ['usage_limit_reached', 'm', 'plus', 5, 6]);
    assert.equal(read('{"detail":"plain words"}').message, 'plain words');
    assert.equal(read('{"detail":{"code":"deactivated_workspace"}}').code, 'deactivated_workspace');
    assert.equal(read('{"error":"invalid_grant"}').message, 'invalid_grant');
    assert.equal(read('{"code":"x","message":"m"}').code, 'x');
    assert.equal(read('just text', 'text/plain').message, 'just text');
  });

  it('knows a challenge page by its type or its beginning', () => {
    assert.equal(read('<html>', 'text/html; charset=UTF-8').html, true);
    assert.equal(read('\n <!DOCTYPE html><title>', 'text/plain').html, true);
  });

  it('survives anything else', () => {
    for (const body of ['', 'null', '[]', '{"error":5}', '{"error":{"code":7,"message":null}}', '{']) assert.equal(read(body).status, 429);
    assert.equal(read(`{"error":{"message":"${'x'.repeat(5000)}"}}`).message?.length, 2000);
  });
});

describe('responsesRefusal', () => {
  it('has the form Codex reads a spent limit from', () => {
    const { status, headers, body } = responsesRefusal({ status: 429, code: 'usage_limit_reached', type: 'usage_limit_reached', message: 'm', resetsAt: 1100, retryAfterSeconds: 100, planType: 'plus', promoMessage: 'p' }, 1_000_000);
    assert.equal(status, 429);
    assert.deepEqual([headers['retry-after'], headers['x-codex-promo-message']], ['100', 'p']);
    assert.deepEqual((JSON.parse(body) as { error: unknown }).error, { message: 'm', type: 'usage_limit_reached', param: null, code: 'usage_limit_reached', plan_type: 'plus', resets_at: 1100, resets_in_seconds: 100 });
  });
});

describe('events of our own', () => {
  it('end with a blank line and carry data', () => {
    for (const bytes of [failedEvent({ code: 'server_error', message: 'm' }), keepAliveEvent]) assert.match(bytes.toString(), /^event: \S+\ndata: \{.*\}\n\n$/);
  });
});
