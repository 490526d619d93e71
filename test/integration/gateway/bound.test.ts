import assert from 'node:assert/strict';
import { accountA, accountB, startHarness, textOf, type Harness, type Reply } from '../../lab/gatewayUnderTest.ts';

/** What the next request of a conversation brings back of an answer. */
function encryptedOf({ body }: Reply): string {
  return /"encrypted_content":"([^"]+)"/.exec(body)?.[1] ?? '';
}

function idOf({ body }: Reply): string {
  return /"type":"response.completed".*?"id":"(resp_\w+)"/.exec(body)?.[1] ?? '';
}

function history(encrypted: string): Record<string, unknown> {
  return {
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      { type: 'reasoning', summary: [], encrypted_content: encrypted },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'more' }] },
    ],
  };
}

describe('what is bound to an account', () => {
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  /** An answer of b, while a cannot answer. */
  async function answerOfB(): Promise<Reply> {
    const accountId = await harness.accountId('a');
    await harness.rpc.call('account/update', { accountId, enabled: false });
    const reply = await harness.ask();
    await harness.rpc.call('account/update', { accountId, enabled: true });
    return reply;
  }

  it('sends encrypted items back to the account they came from, over a restart too', async () => {
    const encrypted = encryptedOf(await answerOfB());
    assert.equal(textOf((await harness.ask(history(encrypted))).body), 'Hello from b.');
    await harness.restart();
    assert.equal(textOf((await harness.ask(history(encrypted))).body), 'Hello from b.');
    assert.ok(harness.lab.requests.at(-1)?.body.includes(encrypted));
  });

  it('sends another account the request without foreign items', async () => {
    const encrypted = encryptedOf(await answerOfB());
    harness.lab.always('b', { kind: 'usageLimit', resetsInSeconds: 600 });
    assert.equal(textOf((await harness.ask(history(encrypted))).body), 'Hello from a.');
    const sent = harness.lab.requests.at(-1)?.body ?? '';
    assert.ok(!sent.includes(encrypted));
    assert.equal((JSON.parse(sent) as { input: unknown[] }).input.length, 3);
  });

  it('tries once more without them when their owner refuses its own items', async () => {
    const reply = await harness.ask(history('gAAAA-unknown'));
    assert.equal(textOf(reply.body), 'Hello from a.');
    assert.deepEqual(harness.lab.requests.map(({ body }) => body.includes('gAAAA-unknown')), [true, false]);
  });

  it('returns the turn state and brings it back to its account only', async () => {
    const first = await answerOfB();
    const turnState = String(first.headers['x-codex-turn-state']);
    assert.match(turnState, /^ts_/);
    assert.equal(textOf((await harness.ask({}, { 'x-codex-turn-state': turnState })).body), 'Hello from b.');
    assert.equal(harness.lab.requests.at(-1)?.headers['x-codex-turn-state'], turnState);
    harness.lab.script('b', [{ kind: 'usageLimit', resetsInSeconds: 600 }]);
    assert.equal(textOf((await harness.ask({}, { 'x-codex-turn-state': turnState })).body), 'Hello from a.');
    assert.equal(harness.lab.requests.at(-1)?.headers['x-codex-turn-state'], undefined);
  });

  it('fails clearly when a continuation cannot stay with its account', async () => {
    harness.lab.script('a', [{ kind: 'status', status: 500 }]);
    const reply = await harness.ask({ previous_response_id: 'resp_1', input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }] });
    assert.equal(reply.status, 400);
    assert.match(reply.body, /previous_response_not_found/);
    assert.deepEqual(harness.lab.requests.map(({ account }) => account), ['a']);
  });

  it('sends the continuation of an answer to the account that gave it, and to nobody else', async () => {
    const body = { previous_response_id: idOf(await answerOfB()), input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }] };
    await harness.ask(body);
    assert.equal(harness.lab.requests.at(-1)?.account, 'b');
    await harness.rpc.call('account/update', { accountId: await harness.accountId('b'), enabled: false });
    const before = harness.lab.requests.length;
    const refused = await harness.ask(body);
    assert.match(refused.body, /Send the whole input without previous_response_id/);
    assert.equal(harness.lab.requests.length, before);
  });

  it('leaves previous_response_id out for another account when the request brings its history', async () => {
    harness.lab.script('a', [{ kind: 'status', status: 500 }]);
    const { input } = history('') as { input: unknown[] };
    const reply = await harness.ask({ previous_response_id: 'resp_1', input: input.toSpliced(1, 1) });
    assert.equal(textOf(reply.body), 'Hello from b.');
    assert.ok(!(harness.lab.requests.at(-1)?.body ?? '').includes('previous_response_id'));
  });
});
