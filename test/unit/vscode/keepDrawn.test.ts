import assert from 'node:assert/strict';
import type { Disposable } from '../../../src/core/scope.ts';
import { keepDrawn } from '../../../src/vscode/keepDrawn.ts';

describe('keepDrawn', () => {
  const listeners = new Set<() => void>();
  const source = { onChange: (listener: () => void): Disposable => {
    listeners.add(listener);
    return { dispose: () => void listeners.delete(listener) };
  } };

  it('draws at once, when anything changes, and when it is time', async () => {
    let drawn = 0;
    let next = Promise.withResolvers<void>();
    let waitMs = 3_600_000;
    const kept = keepDrawn([source, source], 0, () => {
      drawn += 1;
      next.resolve();
      next = Promise.withResolvers();
    }, () => waitMs);
    assert.equal(drawn, 1);
    waitMs = 5;
    const changed = next.promise;
    for (const listener of listeners) listener();
    await changed;
    assert.equal(drawn, 2, 'a burst is drawn once');
    await next.promise;
    await next.promise;
    assert.ok(drawn >= 4, 'drawn again without a change');
    void kept.dispose();
    assert.equal(listeners.size, 0);
  });
});
