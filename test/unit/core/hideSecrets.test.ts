import assert from 'node:assert/strict';
import { hideSecrets } from '../../../src/core/hideSecrets.ts';

describe('hideSecrets', () => {
  it('takes tokens and keys out of a text and leaves the rest', () => {
    for (const [text, shown] of [
      ['Token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln is expired.', 'Token [hidden] is expired.'],
      ['Incorrect API key provided: sk-proj-abcDEF_123456789.', 'Incorrect API key provided: [hidden].'],
      ['got "authorization: Bearer 0123456789abcdef"', 'got "authorization: Bearer [hidden]"'],
      ['401 invalid_token', '401 invalid_token'],
      ['The bearer of this task-list-with-dashes', 'The bearer of this task-list-with-dashes'],
    ] as const) assert.equal(hideSecrets(text), shown);
  });
});
