import assert from 'node:assert/strict';
import type { FaultInput } from '../../../src/lab/options.ts';
import { runCodex } from '../../clients/codex.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

const status = (code: number, error: Record<string, unknown> = {}, headers: Record<string, string> = {}): FaultInput => ({ kind: 'status', status: code, headers, body: { error } });

interface Survived {
  readonly name: string;
  readonly fault: FaultInput;
  /** The account that answers in the end; the second one unless said otherwise. */
  readonly by?: 'a';
  /** Turns that Codex itself sends; one unless it has to repeat a stream that broke. */
  readonly turns?: 2;
}

const survived: readonly Survived[] = [
  { name: '401, renewed', fault: status(401, { code: 'token_expired' }), by: 'a' },
  { name: 'a challenge page', fault: { kind: 'challenge' } },
  { name: '403 deactivated_workspace', fault: status(403, { code: 'deactivated_workspace' }) },
  { name: '402', fault: status(402) },
  { name: '429 usage_limit_reached', fault: { kind: 'usageLimit', resetsInSeconds: 600 } },
  { name: '429 usage_not_included', fault: status(429, { code: 'usage_not_included' }) },
  { name: '429 with Retry-After', fault: status(429, {}, { 'retry-after': '60' }) },
  { name: 'a plain 429', fault: status(429) },
  { name: 'a model that is not supported', fault: { kind: 'status', status: 400, body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." } } },
  { name: '500', fault: status(500) },
  { name: '503', fault: status(503, { code: 'server_is_overloaded' }) },
  { name: '529', fault: status(529) },
  { name: 'a reset', fault: { kind: 'reset' } },
  { name: 'JSON in the place of a stream', fault: { kind: 'json' } },
  { name: 'a silent stream', fault: { kind: 'stall', afterEvents: 1 } },
  { name: 'an error event before content', fault: { kind: 'error', error: { status: 429, error: { type: 'usage_limit_reached', resets_in_seconds: 600 } }, afterEvents: 2 } },
  { name: 'response.failed before content', fault: { kind: 'failed', code: 'server_is_overloaded', afterEvents: 2 } },
  { name: 'a cut after content', fault: { kind: 'cut', afterEvents: 8 }, turns: 2 },
  { name: 'an end after content', fault: { kind: 'ends', afterEvents: 8 }, turns: 2 },
  { name: 'silence after content', fault: { kind: 'stall', afterEvents: 8 }, turns: 2 },
  { name: 'response.failed after content', fault: { kind: 'failed', code: 'insufficient_quota', afterEvents: 8 }, turns: 2 },
];

describe('real Codex CLI never learns of', function () {
  this.timeout(120_000);
  let harness: Harness;
  // Every test begins with a pool that knows nothing; only the service is the same. A pause between events lets content through before what breaks it.
  before(async () => { harness = await startHarness([accountA, accountB], { CODEXMANAGER_UPSTREAM_STREAM_TIMEOUT_MS: '1000' }, { lab: { paceMs: 10 } }); });
  after(() => harness.dispose());
  beforeEach(async () => {
    const { rpc, lab } = harness;
    await rpc.call('account/deleteMany', { accountIds: (await rpc.call('account/list')).items.map(({ id }) => id) });
    await rpc.call('account/import', { contents: [lab.authJson('a'), lab.authJson('b')] });
    await rpc.call('requestlog/clear');
  });

  for (const { name, fault, by = 'b', turns = 1 } of survived) {
    it(name, async () => {
      harness.lab.script('a', [fault]);
      const run = await runCodex({ baseUrl: `${harness.url}/v1`, apiKey: harness.key, prompt: 'hello' });
      assert.deepEqual([run.stdout.trim(), run.exitCode], [`Hello from ${by}.`, 0], run.stderr);
      const { items } = await harness.rpc.call('requestlog/list');
      assert.deepEqual(items.map(({ attempts }) => attempts.at(-1)?.reason).toReversed().slice(-1), ['ok']);
      assert.equal(items.length, turns, 'what Codex had to send');
      assert.equal(items.flatMap(({ attempts }) => attempts).length, 2, 'and what the provider got');
    });
  }
});
