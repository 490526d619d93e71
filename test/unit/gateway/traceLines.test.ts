import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import type { GatewayContext } from '../../../src/gateway/context.ts';
import type { Turn, TurnEntry } from '../../../src/gateway/turn.ts';
import { freshState } from '../../../src/core/records.ts';
import { BoundRequest, sha256 } from '../../../src/gateway/boundRequest.ts';
import { traceBody, traceCandidates, traceFinal, traceGateAcquired, traceGateSkip, traceGateWait, traceProfile, traceResult, traceSkips, traceStart } from '../../../src/gateway/traceLines.ts';
import { scanRequest } from '../../../src/protocol/scanRequest.ts';

const body = Buffer.from('{"model":"gpt-5.5","instructions":"Be brief.","stream":true,"reasoning":null,"tools":[{},{}],"input":[{"text":"a\\n]"},{},{}]}');
const [first, second] = ['acc-1', 'acc-2'] as unknown as [AccountId, AccountId];
const accounts = [{ account: { id: first, sort: 0, enabled: false }, state: freshState }, { account: { id: second, sort: 5, enabled: true }, state: freshState }];

describe('trace lines', () => {
  let lines: string[];
  let context: GatewayContext;
  let entry: TurnEntry;
  beforeEach(() => {
    lines = [];
    context = {
      recorder: { trace: (line: string) => void lines.push(line) }, clock: { now: () => 1_795_390_000_999 }, routes: { strategy: 'ordered' },
      config: { trace: { previewBytes: 0 } }, pool: { list: () => accounts },
    } as unknown as GatewayContext;
    entry = { startedAt: 1_795_390_000_900, keyId: 'key-1', model: 'gpt-5.5', effort: null, accountId: second, upstreamUrl: 'https://up/responses', candidate: '2/2', usage: null, firstByteAt: null, error: null, attempts: [], route: null, client: null, modelServed: null, requestBytes: null, conversation: null, protocol: null };
  });

  function turn(changes: Partial<Turn> = {}, turnState: string | null = null): Turn {
    const bindings = { owner: (kind: string, hash: string) => (kind === 'turnState' && hash === sha256('state of acc-1') ? first : undefined), bind: () => undefined };
    return {
      traceId: 'trc_1', path: '/v1/responses', key: { id: 'key-1', protocolType: 'openai_compat' }, model: 'gpt-5.5', asking: { model: 'gpt-5.5', groups: null, plans: null }, conversation: null, namedByHeader: false, tried: new Set(), entry,
      request: new BoundRequest(body, scanRequest(body), turnState, bindings), ...changes,
    } as unknown as Turn;
  }

  const incoming = { request: { method: 'POST' }, path: '/v1/responses', traceId: 'trc_1' };
  const only = (): string => {
    assert.equal(lines.length, 1);
    return lines[0] ?? '';
  };

  it('REQUEST_START', () => {
    traceStart(context, incoming, entry, turn());
    assert.equal(only(), 'ts=1795390000 event=REQUEST_START trace_id=trc_1 key_id=key-1 method=POST path=/v1/responses model=gpt-5.5 reasoning=- stream=true protocol=openai_compat');
  });

  it('REQUEST_START of a request that was refused before it was understood', () => {
    traceStart(context, incoming, { ...entry, keyId: null, model: null }, null);
    assert.equal(only(), 'ts=1795390000 event=REQUEST_START trace_id=trc_1 key_id=- method=POST path=/v1/responses model=- reasoning=- stream=- protocol=-');
  });

  it('REQUEST_BODY, without and with a preview', () => {
    const preview = (previewBytes: number, text: string): void => traceBody({ ...context, config: { ...context.config, trace: { ...context.config.trace, previewBytes } } }, 'trc_1', Buffer.from(text));
    preview(0, 'secret');
    preview(4, 'a\tb\r\ncd');
    preview(7, 'a\tb\r\ncd');
    preview(2, 'aß');
    assert.deepEqual(lines.map((line) => line.replace('ts=1795390000 event=REQUEST_BODY trace_id=trc_1 ', '')), [
      'len=6 preview_bytes=0', 'len=7 preview_bytes=4 truncated=true preview=ab', 'len=7 preview_bytes=7 truncated=false preview=abcd', 'len=3 preview_bytes=1 truncated=true preview=a',
    ]);
  });

  it('CANDIDATE_POOL, CANDIDATE_SKIP and CANDIDATE_START', () => {
    traceCandidates(context, turn(), accounts as never);
    traceSkips(context, turn(), second);
    assert.deepEqual(lines, [
      'ts=1795390000 event=CANDIDATE_POOL trace_id=trc_1 key_id=key-1 strategy=ordered ordered_candidates=acc-1#sort=0,acc-2#sort=5',
      'ts=1795390000 event=CANDIDATE_SKIP trace_id=trc_1 candidate=1/2 account_id=acc-1 reason=disabled',
      'ts=1795390000 event=CANDIDATE_START trace_id=trc_1 candidate=2/2 account_id=acc-2 strip_session_affinity=false',
    ]);
    traceCandidates(context, turn(), []);
    assert.match(lines.at(-1) ?? '', /ordered_candidates=-$/);
  });

  it('REQUEST_GATE_*', () => {
    traceGateWait(context, turn());
    traceGateAcquired(context, turn({ model: null }), 12);
    traceGateSkip(context, turn(), 'timeout');
    assert.deepEqual(lines, [
      'ts=1795390000 event=REQUEST_GATE_WAIT trace_id=trc_1 key_id=key-1 path=/v1/responses model=gpt-5.5',
      'ts=1795390000 event=REQUEST_GATE_ACQUIRED trace_id=trc_1 key_id=key-1 path=/v1/responses model=- wait_ms=12',
      'ts=1795390000 event=REQUEST_GATE_SKIP trace_id=trc_1 reason=timeout',
    ]);
  });

  it('ATTEMPT_PROFILE, and what it says of the session', () => {
    const profile = (of: Turn, account: AccountId | null = second): void => traceProfile(context, of, { accountId: second, account, body });
    profile(turn());
    assert.equal(only(), `ts=1795390000 event=ATTEMPT_PROFILE trace_id=trc_1 account_id=acc-2 candidate=2/2 strip_session_affinity=false session_source=generated has_turn_state=false has_conversation=false prompt_cache_key_fp=- request_shape=- body_len=${body.length} body_model=gpt-5.5`);
    profile(turn({ conversation: 'c' }));
    profile(turn({ conversation: 'c', namedByHeader: true }, 'state nobody knows'));
    profile(turn({}, 'state of acc-1'));
    profile(turn({}, 'state nobody knows'), null);
    assert.deepEqual(lines.slice(1).map((line) => line.replace(/^.* (candidate.*) prompt_cache_key_fp.*$/, '$1')), [
      'candidate=2/2 strip_session_affinity=false session_source=prompt_cache_key has_turn_state=false has_conversation=true',
      'candidate=2/2 strip_session_affinity=false session_source=incoming_header has_turn_state=true has_conversation=true',
      'candidate=2/2 strip_session_affinity=true session_source=failover_regen has_turn_state=true has_conversation=false',
      'candidate=- strip_session_affinity=true session_source=failover_regen has_turn_state=true has_conversation=false',
    ]);
  });

  it('request_shape while previews are on, and for a body that only upstream can judge', () => {
    const shape = (of: Buffer): void => traceProfile({ ...context, config: { ...context.config, trace: { ...context.config.trace, previewBytes: 1 } } }, turn(), { accountId: second, account: second, body: of });
    shape(body);
    shape(Buffer.from('{"input":[1 2]}'));
    const rest = 'k=input+instructions+model+reasoning+stream+tools;i=3;m=0;t=2;s=1;r=0;ins=1';
    assert.deepEqual(lines.map((line) => /request_shape=(\S+)/.exec(line)?.[1]), [`fp=${sha256(rest).slice(0, 16)};${rest}`, '-']);
  });

  it('ATTEMPT_RESULT and REQUEST_FINAL', () => {
    traceResult(context, turn(), { accountId: second, status: 200, error: null });
    traceResult(context, turn(), { accountId: second, status: null, error: 'connection_reset' });
    traceFinal(context, 'trc_1', entry, { status: 502, error: 'two\r\nlines', now: 1_795_390_001_000 });
    traceFinal(context, 'trc_1', { ...entry, accountId: null, upstreamUrl: null }, { status: 200, error: null, now: 1_795_390_001_000 });
    assert.deepEqual(lines, [
      'ts=1795390000 event=ATTEMPT_RESULT trace_id=trc_1 account_id=acc-2 status=200 upstream_url=https://up/responses error=-',
      'ts=1795390000 event=ATTEMPT_RESULT trace_id=trc_1 account_id=acc-2 status=- upstream_url=https://up/responses error=connection_reset',
      'ts=1795390001 event=REQUEST_FINAL trace_id=trc_1 status=502 account_id=acc-2 upstream_url=https://up/responses elapsed_ms=100 error=two  lines',
      'ts=1795390001 event=REQUEST_FINAL trace_id=trc_1 status=200 account_id=- upstream_url=- elapsed_ms=100 error=-',
    ]);
  });

  it('cuts what a client makes endless', () => {
    traceStart(context, incoming, { ...entry, model: 'm'.repeat(100_000) }, turn());
    assert.ok(only().length < 1_000);
  });
});
