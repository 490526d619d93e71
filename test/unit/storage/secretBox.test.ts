import assert from 'node:assert/strict';
import { secretBox } from '../../../src/storage/secretBox.ts';

const key = Buffer.alloc(32, 7);

describe('secretBox', () => {
  it('opens what it sealed, in the same place only', () => {
    const box = secretBox(key);
    const sealed = box.seal('geheim 秘密', 'tokens/a/access_token');
    assert.equal(box.open(sealed, 'tokens/a/access_token'), 'geheim 秘密');
    assert.equal(box.open(sealed, 'tokens/b/access_token'), null);
    assert.equal(box.open(sealed, 'tokens/a/refresh_token'), null);
  });

  it('never seals the same text to the same bytes', () => {
    const box = secretBox(key);
    assert.notDeepEqual(box.seal('same', 'p'), box.seal('same', 'p'));
  });

  it('opens nothing with another key, nothing changed and nothing cut short', () => {
    const sealed = secretBox(key).seal('text', 'p');
    assert.equal(secretBox(Buffer.alloc(32, 8)).open(sealed, 'p'), null);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(secretBox(key).open(changed, 'p'), null, `byte ${at}`);
      assert.equal(secretBox(key).open(sealed.subarray(0, at), 'p'), null, `${at} bytes`);
    }
  });
});
