import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import type { RouteCandidate, RouteExplanation } from '../../../src/contract/route.ts';
import type { RequestLogItem } from '../../../src/contract/requestLog.ts';
import { explainedLines, explainedTitle, recordLines, recordTitle, requestLine } from '../../../src/vscode/commands/route/routeText.ts';
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

describe('why a request went where it went', () => {
  const item: RequestLogItem = {
    id: 1, keyId: 'k', accountId: 'home', requestPath: '/v1/responses', method: 'POST', model: 'gpt-5.5', reasoningEffort: null, upstreamUrl: null, statusCode: 200, inputTokens: null, cachedInputTokens: null,
    outputTokens: null, totalTokens: null, reasoningOutputTokens: null, estimatedCostUsd: null, priceVersion: null, error: null, createdAt: inSeconds(0), firstByteMs: null, durationMs: 1, traceId: 't', client: null, dialect: null, modelServed: null, cacheWriteTokens: null, requestBytes: null, responseBytes: null, conversation: null,
    attempts: [{ accountId: 'work', status: 429, reason: '429 usage_limit_reached', ms: 310, at: 0, firstByteMs: null }, { accountId: 'home', status: 200, reason: 'ok', ms: 1_590, at: 310, firstByteMs: 900 }],
    route: {
      strategy: 'ordered', why: 'strategy', left: { accountId: 'old', reason: 'exhausted' },
      candidates: [{ accountId: 'work', left: 62, health: 100, running: 1 }, { accountId: 'home', left: 5, health: 90, running: 0 }, { accountId: 'third', left: null, health: 100, running: 0 }],
      skipped: [{ accountId: 'team', reason: 'otherGroup', until: null }, { accountId: 'mine', reason: 'reserved', until: inSeconds(600) }],
    },
  };
  const nameOf = (id: string): string => `${id}@x`;

  it('is told by its attempts, who else could have been asked, and who could not', () => {
    assert.deepEqual(recordLines(item, nameOf, reader).map(({ label, description, group }) => [label, description, group]), [
      ['$(error) 1. work@x', '429 usage_limit_reached · 310 ms', 'asked'], ['$(check) 2. home@x', 'answered · 200 · 1.6 s', 'asked'], ['$(blank) third@x', 'not asked yet', 'compared'],
      ['$(circle-slash) team@x', 'not in the key\'s groups', 'passed'], ['$(circle-slash) mine@x', 'kept for you until 14:10', 'passed'],
    ]);
    assert.deepEqual(requestLine(item, nameOf, reader), { label: '$(sync) 14:00', description: 'gpt-5.5 · home@x · 2 attempts' });
    assert.deepEqual(requestLine({ ...item, statusCode: 502, error: 'no connection', attempts: [], accountId: null }, nameOf, reader), { label: '$(error) 14:00', description: 'gpt-5.5 · no connection' });
  });

  it('says in one line who was first, by what, and where the conversation had been', () => {
    assert.equal(recordTitle(item, nameOf), 'work@x was asked first: the first ready account in the order of the Accounts view. The conversation was with old@x (spent)');
    const { route } = item;
    assert.ok(route);
    assert.equal(recordTitle({ ...item, route: { ...route, why: 'conversation', left: null } }, nameOf), 'work@x was asked first: it has this conversation');
    assert.equal(recordTitle({ ...item, route: { ...route, why: 'bound', left: null } }, nameOf), 'work@x was asked first: only it can read what the request brings back');
    assert.equal(recordTitle({ ...item, attempts: [], route: { ...route, candidates: [] } }, nameOf), 'Nobody could be asked');
    assert.equal(recordTitle({ ...item, route: null, error: 'missing api key' }, nameOf), 'Nobody was asked: missing api key');
    assert.equal(recordTitle({ ...item, route: null }, nameOf), 'Nothing was written down about this request');
  });
});
