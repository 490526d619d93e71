import assert from 'node:assert/strict';
import { upstreamTarget } from '../../../src/gateway/upstreamTarget.ts';

describe('upstreamTarget', () => {
  for (const [base, url] of [
    ['https://chatgpt.com/backend-api/codex', 'https://chatgpt.com/backend-api/codex/responses'],
    ['https://chatgpt.com/backend-api/codex/', 'https://chatgpt.com/backend-api/codex/responses'],
    ['https://api.openai.com/v1', 'https://api.openai.com/v1/responses'],
    ['https://gateway.example/base', 'https://gateway.example/base/v1/responses'],
  ] as const) {
    it(`puts the route under ${base}`, () => {
      assert.equal(upstreamTarget(base, '/v1/responses').url, url);
    });
  }

  it('splits the address into what a connection pool and a request line need', () => {
    assert.deepEqual(upstreamTarget('http://127.0.0.1:8080/backend-api/codex', '/v1/models?x=1'), {
      origin: 'http://127.0.0.1:8080', path: '/backend-api/codex/models?x=1', url: 'http://127.0.0.1:8080/backend-api/codex/models?x=1',
    });
  });
});
