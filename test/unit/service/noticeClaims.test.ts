import assert from 'node:assert/strict';
import { NoticeClaims } from '../../../src/service/noticeClaims.ts';

describe('NoticeClaims', () => {
  it('grants a key once, to whoever asks first', () => {
    const claims = new NoticeClaims();
    assert.deepEqual(claims.claim(['a', 'b', 'a']), ['a', 'b']);
    assert.deepEqual(claims.claim(['b', 'c']), ['c']);
  });

  it('remembers ten thousand, and forgets the oldest for newer ones', () => {
    const claims = new NoticeClaims();
    claims.claim(Array.from({ length: 10_000 }, (_, i) => `k${i}`));
    assert.deepEqual(claims.claim(['k0', 'new']), ['new']);
    assert.deepEqual(claims.claim(['k1', 'k0']), ['k0']);
  });
});
