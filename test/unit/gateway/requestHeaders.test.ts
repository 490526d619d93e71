import assert from 'node:assert/strict';
import { clientHeaders, upstreamHeaders } from '../../../src/gateway/requestHeaders.ts';

/** The last value of each name, as a server reads a flat list. */
function read(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])));
}

const foreign = ['Authorization', 'Bearer client-key', 'X-Api-Key', 'client-key', 'Cookie', 'c=1', 'ChatGPT-Account-Id', 'theirs', 'X-Stainless-Lang', 'js', 'X-Forwarded-For', '10.0.0.1', 'Connection', 'keep-alive', 'Host', 'h'];

describe('clientHeaders', () => {
  it('passes a Codex client\'s own headers unchanged and nothing else', () => {
    const raw = [...foreign, 'Version', '0.200.0', 'User-Agent', 'codex_exec/0.200.0', 'Originator', 'codex_exec', 'OpenAI-Beta', 'x', 'session-id', 's', 'thread_id', 't', 'x-codex-window-id', 'w', 'X-OpenAI-Subagent', 'review', 'x-client-request-id', 'r'];
    assert.deepEqual(read(clientHeaders(raw, 'codex_exec', 'codex_exec/0.200.0')), {
      'content-type': 'application/json', accept: 'text/event-stream', version: '0.200.0', 'user-agent': 'codex_exec/0.200.0', originator: 'codex_exec', 'openai-beta': 'x',
      'session-id': 's', thread_id: 't', 'x-codex-window-id': 'w', 'x-openai-subagent': 'review', 'x-client-request-id': 'r',
    });
  });

  it('gives any other client the constant identity and passes only its session headers', () => {
    const raw = [...foreign, 'User-Agent', 'OpenAI/JS 7.57.0', 'session_id', 's', 'conversation_id', 'c', 'x-codex-window-id', 'w', 'version', '1'];
    const headers = read(clientHeaders(raw, undefined, 'OpenAI/JS 7.57.0'));
    assert.deepEqual(Object.keys(headers).sort(), ['accept', 'content-type', 'conversation_id', 'originator', 'session_id', 'user-agent', 'version']);
    assert.match(headers['user-agent'] ?? '', /^codex_cli_rs\//);
  });

  it('never passes the turn state by itself', () => {
    assert.equal(read(clientHeaders(['x-codex-turn-state', 'x'], 'codex_exec', undefined))['x-codex-turn-state'], undefined);
  });
});

describe('upstreamHeaders', () => {
  it('adds the account\'s own credentials and only what it may see', () => {
    const headers = read(upstreamHeaders(['accept', 'a'], { bearer: 'token', chatgptAccountId: 'acc', turnState: 'ts', cookie: 'c' }));
    assert.deepEqual(headers, { accept: 'a', authorization: 'Bearer token', 'chatgpt-account-id': 'acc', 'x-codex-turn-state': 'ts', cookie: 'c' });
    assert.deepEqual(Object.keys(read(upstreamHeaders([], { bearer: 't', chatgptAccountId: null, turnState: null, cookie: null }))), ['authorization']);
  });
});
