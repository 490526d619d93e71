import assert from 'node:assert/strict';
import { requestBytes } from '../../bench/requestBytes.ts';

describe('requestBytes', () => {
  for (const bodyBytes of [4_500, 100_000, 500_000]) {
    it(`makes a request whose body is JSON of ${bodyBytes} bytes`, () => {
      const [head = '', body = ''] = requestBytes({ port: 1, key: 'k', answer: 'sse', stream: true, bodyBytes }).toString().split('\r\n\r\n');
      assert.equal(Buffer.byteLength(body), bodyBytes);
      const parsed = JSON.parse(body) as { stream: boolean; input: unknown[] };
      assert.equal(parsed.stream, true);
      assert.ok(parsed.input.length > bodyBytes / 3_000, `${parsed.input.length} items`);
      assert.match(head, new RegExp(`content-length: ${bodyBytes}`));
      assert.match(head, /authorization: Bearer k\r\n/);
      assert.equal(head.match(/authorization:/gi)?.length, 1);
      assert.match(head, /originator: codex_exec/);
    });
  }
});
