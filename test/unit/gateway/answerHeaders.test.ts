import assert from 'node:assert/strict';
import { answerHeaders } from '../../../src/gateway/answerHeaders.ts';

describe('answerHeaders', () => {
  it('keeps what clients read and drops cookies, lengths, encodings and hop-by-hop headers', () => {
    const upstream = {
      'content-type': 'text/event-stream', 'x-codex-primary-used-percent': '4', 'x-request-id': 'r', 'retry-after': '3', 'x-models-etag': 'e',
      'set-cookie': ['a=1', 'b=2'], 'content-length': '4', 'content-encoding': 'gzip', 'transfer-encoding': 'chunked', connection: 'close', server: 'x', date: 'y',
    };
    assert.deepEqual(answerHeaders(upstream, 'm'), ['content-type', 'text/event-stream', 'x-codex-primary-used-percent', '4', 'x-request-id', 'r', 'retry-after', '3', 'x-models-etag', 'e']);
  });

  it('shows openai-model only when it is the model asked for, whatever its case', () => {
    assert.deepEqual(answerHeaders({ 'openai-model': 'GPT-5.5' }, 'gpt-5.5'), ['openai-model', 'GPT-5.5']);
    assert.deepEqual(answerHeaders({ 'openai-model': 'gpt-5.5-mini' }, 'gpt-5.5'), []);
    assert.deepEqual(answerHeaders({ 'openai-model': 'gpt-5.5' }, null), []);
  });
});
