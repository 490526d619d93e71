import assert from 'node:assert/strict';
import { isMet, row, table, type Figure } from '../../bench/report.ts';

const figure: Figure = { name: 'ratio', value: 0.7, unit: '', digits: 2, budget: { atLeast: 0.7 }, note: '' };

describe('isMet', () => {
  it('includes the limit itself', () => {
    assert.equal(isMet(figure), true);
    assert.equal(isMet({ ...figure, value: 0.69 }), false);
    assert.equal(isMet({ ...figure, budget: { atMost: 0.7 } }), true);
    assert.equal(isMet({ ...figure, value: 0.71, budget: { atMost: 0.7 } }), false);
  });

  it('is null for what is only reported', () => assert.equal(isMet({ ...figure, budget: null }), null));

  it('is missed by what could not be measured', () => {
    assert.equal(isMet({ ...figure, value: NaN }), false);
    assert.equal(isMet({ ...figure, value: NaN, budget: { atMost: 1 } }), false);
  });
});

describe('row', () => {
  it('says value with unit, budget and verdict', () => {
    assert.deepEqual(row({ ...figure, value: 12.345, unit: 'ms', budget: { atMost: 2 }, note: 'why' }), ['ratio', '12.35 ms', '≤ 2', 'MISSED', 'why']);
    assert.deepEqual(row({ ...figure, value: NaN, budget: null }), ['ratio', '–', '', '', '']);
  });
});

describe('table', () => {
  it('aligns the columns', () => {
    const lines = table([figure, { ...figure, name: 'a longer name', value: 123, unit: 'MB', digits: 0, budget: null, note: 'n' }]).split('\n');
    assert.deepEqual(lines, [
      '               measured  budget',
      'ratio              0.70  ≥ 0.7   ok',
      'a longer name    123 MB              n',
    ]);
  });
});
