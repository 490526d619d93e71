import assert from 'node:assert/strict';
import { Buckets, Counts } from '../../../../src/service/metrics/counts.ts';
import { routeLabel, statusClass } from '../../../../src/service/metrics/labels.ts';

describe('Counts', () => {
  it('adds up by labels, and what is too much as other', () => {
    const counts = new Counts(['model', 'kind'], 2);
    for (const [model, kind, amount] of [['a', 'in', 1], ['a', 'in', 2], ['a', 'out', 5], ['b', 'in', 7], ['c', 'in', 1]] as const) counts.add(amount, model, kind);
    assert.deepEqual([...counts.entries()], [
      { labels: { model: 'a', kind: 'in' }, value: 3 }, { labels: { model: 'a', kind: 'out' }, value: 5 }, { labels: { model: 'other', kind: 'other' }, value: 8 },
    ]);
  });
});

describe('Buckets', () => {
  it('count a value once, in the first range that holds it', () => {
    const buckets = new Buckets([1, 5]);
    for (const value of [0.5, 1, 4, 90]) buckets.add(value);
    assert.deepEqual([buckets.counts, buckets.count, buckets.sum], [[2, 1], 4, 95.5]);
  });
});

describe('labels', () => {
  it('name routes as the original does, wherever the gateway is mounted', () => {
    assert.deepEqual(['/v1/responses', '/responses', '/backend-api/codex/responses/compact', '/v1/chat/completions', '/v1/messages/count_tokens', '/v1/messages', '/models', '/v1/embeddings', '/v1/files', '/v1x'].map(routeLabel), [
      'responses', 'responses', 'responses', 'chat_completions', 'messages_count_tokens', 'messages', 'models', 'embeddings', 'other', 'other',
    ]);
    assert.deepEqual([100, 204, 499, 599, 600, null].map(statusClass), ['1xx', '2xx', '4xx', '5xx', 'other', 'other']);
  });
});
