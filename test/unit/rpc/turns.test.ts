import assert from 'node:assert/strict';
import { Turns } from '../../../src/rpc/turns.ts';

const nextRound = (): Promise<void> => new Promise((done) => void setImmediate(done));

describe('Turns', () => {
  it('does one step in each round, by turns, until there is nothing to do', async () => {
    const steps: string[] = [];
    const worker = (name: string, count: number) => ({ step: () => steps.push(name) > 0 && (count -= 1) > 0 });
    const turns = new Turns();
    const [a, b] = [worker('a', 3), worker('b', 1)];
    turns.add(a);
    turns.add(b);
    turns.add(a);
    assert.deepEqual(steps, []);
    const counts: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      await nextRound();
      counts.push(steps.length);
    }
    assert.deepEqual([steps, counts], [['a', 'b', 'a', 'a'], [1, 2, 3, 4, 4, 4]]);
    turns.add(b);
    await nextRound();
    assert.equal(steps.length, 5);
  });
});
