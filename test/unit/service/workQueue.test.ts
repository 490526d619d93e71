import assert from 'node:assert/strict';
import { WorkQueue } from '../../../src/service/workQueue.ts';

describe('WorkQueue', () => {
  it('works on so many at a time, in order, and on nothing twice', async () => {
    const started: string[] = [];
    const ends = new Map<string, (value: string) => void>();
    const queue = new WorkQueue<string, string>(2, (key) => {
      started.push(key);
      return new Promise((resolve) => ends.set(key, resolve));
    });
    const [a, b, c] = ['a', 'b', 'c'].map((key) => queue.run(key));
    assert.equal(queue.run('a'), a);
    assert.equal(queue.run('c'), c);
    assert.deepEqual(started, ['a', 'b']);
    ends.get('b')?.('B');
    assert.equal(await b, 'B');
    await Promise.resolve();
    assert.deepEqual(started, ['a', 'b', 'c']);
    assert.notEqual(queue.run('b'), b, 'done is done');
    const ended = assert.rejects(queue.run('b'), { code: 'cancelled' });
    queue.dispose();
    await ended;
    await assert.rejects(queue.run('d'), { code: 'cancelled' });
    for (const key of ['a', 'c']) ends.get(key)?.(key);
    assert.deepEqual(await Promise.all([a, c]), ['a', 'c'], 'what was begun ends by itself');
  });

  it('passes failures on and goes on', async () => {
    const queue = new WorkQueue<number, number>(1, (key) => (key === 1 ? Promise.reject(new Error('one')) : Promise.resolve(key)));
    const [one, two] = [queue.run(1), queue.run(2)];
    await assert.rejects(one, /one/);
    assert.equal(await two, 2);
  });
});
