import assert from 'node:assert/strict';
import type { HttpAnswer, HttpBody } from '../../../src/upstream/httpSend.ts';
import { makeExchangeApiKey } from '../../../src/upstream/apiKeyExchange.ts';

describe('makeExchangeApiKey', () => {
  const exchange = async (answer: HttpAnswer): Promise<{ outcome: unknown; url: string; sent: HttpBody }> => {
    let call: { url: string; sent: HttpBody } | undefined;
    const outcome = await makeExchangeApiKey({ issuer: 'http://issuer', clientId: 'app', send: (url, sent) => {
      call = { url, sent };
      return Promise.resolve(answer);
    } })('id.token', null);
    assert.ok(call);
    return { outcome, ...call };
  };
  const answered = (status: number, body: string): HttpAnswer => ({ kind: 'answer', status, body });

  it('asks as Codex CLI does', async () => {
    const { outcome, url, sent } = await exchange(answered(200, '{"access_token":"sk-1"}'));
    assert.deepEqual(outcome, { kind: 'key', apiKey: 'sk-1' });
    assert.equal(url, 'http://issuer/oauth/token');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(sent.body)), {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: 'app', requested_token: 'openai-api-key', subject_token: 'id.token', subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
    assert.deepEqual(sent.headers.slice(0, 2), ['content-type', 'application/x-www-form-urlencoded']);
  });

  it('tells a refusal from trouble', async () => {
    for (const [answer, outcome] of [
      [answered(200, '{"access_token":"eyJ"}'), { kind: 'refused', reason: 'not_an_api_key' }],
      [answered(401, '{}'), { kind: 'refused', reason: 'http_401' }],
      [answered(403, '<html>'), { kind: 'refused', reason: 'http_403' }],
      [answered(200, 'cut'), { kind: 'failed', reason: 'unreadable_answer' }],
      [answered(429, ''), { kind: 'failed', reason: 'http_429' }],
      [answered(503, ''), { kind: 'failed', reason: 'http_503' }],
      [{ kind: 'failed', reason: 'ECONNRESET', sent: true }, { kind: 'failed', reason: 'ECONNRESET' }],
    ] as const) assert.deepEqual((await exchange(answer)).outcome, outcome);
  });
});
