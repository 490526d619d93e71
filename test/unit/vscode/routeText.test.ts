import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import type { RouteCandidate, RouteExplanation } from '../../../src/contract/route.ts';
import { explainedLines, explainedTitle } from '../../../src/vscode/commands/route/routeText.ts';
import { inSeconds, reader } from '../../lab/accountViews.ts';

const candidate = (label: string, over: Partial<RouteCandidate> = {}): RouteCandidate => ({ accountId: AccountId.parse(label), label, place: null, reason: null, until: null, health: 100, left: null, running: 0, ...over });

describe('why this account', () => {
  const explanation: RouteExplanation = {
    strategy: 'drain', why: 'strategy', chosen: AccountId.parse('work'),
    candidates: [
      candidate('work', { place: 1, left: 62, running: 2, health: 75 }), candidate('home', { place: 2 }),
      candidate('spent', { reason: 'exhausted', until: inSeconds(600) }), candidate('old', { reason: 'needsLogin' }), candidate('last'),
    ],
  };

  it('is answered with who is asked in which order, and why nobody else', () => {
    assert.deepEqual(explainedLines(explanation, reader).map(({ label, description, group }) => [label, description, group]), [
      ['$(arrow-right) 1. work', '62 % left · health 75 · 2 running', 'asked'], ['$(blank) 2. home', 'not asked yet', 'asked'],
      ['$(circle-slash) spent', 'spent until 14:10', 'passed'], ['$(circle-slash) old', 'sign in again', 'passed'], ['$(circle-slash) last', 'comes after these', 'passed'],
    ]);
  });

  it('says in one line who, and by what', () => {
    assert.equal(explainedTitle(explanation), 'work is asked first: the account that resets first, so that nothing expires unused');
    assert.equal(explainedTitle({ ...explanation, why: 'pinned' }), 'work is asked first: you pinned it');
    assert.equal(explainedTitle({ ...explanation, chosen: null, why: 'nobody' }), 'Nobody would be asked now');
  });
});
