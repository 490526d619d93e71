import assert from 'node:assert/strict';
import { selfTimes } from '../../bench/selfTimes.ts';

const frame = (functionName: string, url: string, lineNumber: number): { functionName: string; url: string; lineNumber: number; columnNumber: number } => ({ functionName, url, lineNumber, columnNumber: 0 });

describe('selfTimes', () => {
  it('adds up what each place spent itself, most first', () => {
    const profile = {
      nodes: [{ id: 1, callFrame: frame('(idle)', '', -1) }, { id: 2, callFrame: frame('a', '/d/x.js', 0) }, { id: 3, callFrame: frame('b', '/d/x.js', 9) }, { id: 4, callFrame: frame('a', '/d/x.js', 0) }],
      samples: [1, 2, 3, 4, 2], timeDeltas: [1, 10, 25, 10, 10],
    };
    const locate = (_url: string, line: number): string | null => (line === 0 ? 'src/a.ts:5' : null);
    assert.deepEqual(selfTimes(profile, locate), [{ name: 'a src/a.ts:5', micros: 30 }, { name: 'b x.js:10', micros: 25 }, { name: '(idle)', micros: 1 }]);
  });
});
