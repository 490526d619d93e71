import assert from 'node:assert/strict';
import { ownerTimes, selfTimes, type CpuProfile } from '../../bench/selfTimes.ts';

const frame = (functionName: string, url: string, lineNumber: number): CpuProfile['nodes'][number]['callFrame'] => ({ functionName, url, lineNumber, columnNumber: 0 });
const locate = (url: string, line: number): string | null => (url === '/dist/x.js' ? `src/a.ts:${line + 5}` : null);

const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', '', -1), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)', '', -1) },
    { id: 3, callFrame: frame('serve', '/dist/x.js', 0), children: [4] },
    { id: 4, callFrame: frame('write', 'node:http', 9), children: [5] },
    { id: 5, callFrame: frame('writev', '', -1) },
    { id: 6, callFrame: frame('onTick', 'node:tick', 1), children: [7] },
    { id: 7, callFrame: frame('writev', '', -1) },
  ],
  samples: [2, 3, 4, 5, 7, 5], timeDeltas: [1_000, 10, 20, 40, 80, 5],
};

describe('selfTimes', () => {
  it('adds up what each function spent itself, most first, without sleep', () => {
    assert.deepEqual(selfTimes(profile, locate), [{ name: 'writev', micros: 125 }, { name: 'write node:http:10', micros: 20 }, { name: 'serve src/a.ts:5', micros: 10 }]);
  });
});

describe('ownerTimes', () => {
  it('counts what Node spends for the function of the sources that called it, if one did', () => {
    assert.deepEqual(ownerTimes(profile, locate), [{ name: 'Node: onTick node:tick:2', micros: 80 }, { name: 'serve src/a.ts:5', micros: 75 }]);
  });
});
