import assert from 'node:assert/strict';
import { runCodex, type CodexRun } from '../../clients/codex.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('real Codex CLI through the gateway', function () {
  this.timeout(120_000);
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  const codex = (prompt: string, settings: readonly string[] = []): Promise<CodexRun> => runCodex({ baseUrl: `${harness.url}/v1`, apiKey: harness.key, prompt, settings });

  /** Labels of the accounts in the log, oldest first. */
  async function answeredBy(): Promise<(string | undefined)[]> {
    const accounts = (await harness.rpc.call('account/list')).items;
    const { items } = await harness.rpc.call('requestlog/list');
    return items.toReversed().map(({ accountId }) => accounts.find(({ id }) => id === accountId)?.email?.slice(0, 1));
  }

  it('completes a turn with text', async () => {
    const run = await codex('hello');
    assert.equal(run.stdout.trim(), 'Hello from a.', run.stderr);
    assert.equal(run.exitCode, 0);
    assert.deepEqual(await answeredBy(), ['a']);
  });

  it('completes a turn with a tool call, on one account', async () => {
    const run = await codex('[tool] please');
    assert.equal(run.stdout.trim(), 'The tool said: tool-ran-42. Answered by a.', run.stderr);
    assert.deepEqual(await answeredBy(), ['a', 'a']);
  });

  it('completes a turn in the newer request form without top-level tools', async () => {
    const run = await runCodex({ baseUrl: `${harness.url}/v1`, apiKey: harness.key, prompt: '[tool] please', model: 'gpt-6.1-sol' });
    assert.equal(run.stdout.trim(), 'The tool said: tool-ran-42. Answered by a.', run.stderr);
  });

  it('goes on with the second account when the first has reached its limit', async () => {
    harness.lab.always('a', { kind: 'usageLimit', resetsInSeconds: 600 });
    assert.equal((await codex('hello')).stdout.trim(), 'Hello from b.');
    assert.deepEqual(await answeredBy(), ['b']);
  });

  it('renews an expired token once, unseen', async () => {
    harness.lab.expireAccess('a');
    assert.equal((await codex('hello')).stdout.trim(), 'Hello from a.');
    assert.deepEqual(harness.lab.requests.map(({ account }) => account), [null, 'a']);
  });

  it('goes on when the connection is reset before any byte', async () => {
    harness.lab.script('a', [{ kind: 'reset' }]);
    assert.equal((await codex('hello')).stdout.trim(), 'Hello from b.');
    assert.deepEqual(await answeredBy(), ['b']);
  });

  it('repeats the turn by itself when the answer dies in the middle, and the second account finishes it', async () => {
    harness.lab.script('a', [{ kind: 'cut', afterEvents: 7 }]);
    const run = await codex('hello');
    assert.equal(run.stdout.trim(), 'Hello from b.', run.stderr);
    assert.equal(run.exitCode, 0);
    assert.deepEqual(await answeredBy(), ['a', 'b']);
  });

  it('goes on in the middle of a turn of several requests', async () => {
    harness.lab.script('a', [{ kind: 'delay', ms: 0 }, { kind: 'usageLimit', resetsInSeconds: 600 }]);
    assert.equal((await codex('[tool] please')).stdout.trim(), 'The tool said: tool-ran-42. Answered by b.');
    assert.deepEqual(await answeredBy(), ['a', 'b']);
  });

  it('prints the reset time when every account is spent', async () => {
    harness.lab.always('a', { kind: 'usageLimit', resetsInSeconds: 7200 });
    harness.lab.always('b', { kind: 'usageLimit', resetsInSeconds: 3600 });
    const run = await codex('hello');
    assert.notEqual(run.exitCode, 0);
    assert.match(run.stderr, /all 2 accounts have reached their usage limit, or try again at \d+:\d\d [AP]M/);
  });

  it('prints at once what to do when there is nothing to wait for', async () => {
    for (const { id } of (await harness.rpc.call('account/list')).items) await harness.rpc.call('account/update', { accountId: id, enabled: false });
    const run = await codex('hello');
    assert.notEqual(run.exitCode, 0);
    assert.match(run.stderr, /disabled: 2/);
  });
});
