import assert from 'node:assert/strict';
import type { FaultInput } from '../../../src/lab/options.ts';
import { startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

const labels = ['a', 'b', 'c', 'd', 'e'];
const accounts = labels.map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}` }));
const count = 10_000;
const atOnce = 32;

interface Usage { readonly input_tokens: number; readonly input_tokens_details: { readonly cached_tokens: number }; readonly output_tokens: number; readonly output_tokens_details: { readonly reasoning_tokens: number } }

/** Faults that others make good, and some that cut what was begun. */
const faults: readonly FaultInput[] = [
  { kind: 'status', status: 500 }, { kind: 'reset' }, { kind: 'failed', code: 'server_error' }, { kind: 'error', error: { code: 'server_error' }, afterEvents: 1 }, { kind: 'cut', afterEvents: 8 },
  { kind: 'failed', code: 'server_error', afterEvents: 9 }, { kind: 'insert', event: { type: 'codex.note' }, afterEvents: 4 }, { kind: 'wrongLength' },
];

describe('ten thousand requests of all kinds', function () {
  this.timeout(120_000);
  let harness: Harness;
  before(async () => { harness = await startHarness(accounts, { CODEXMANAGER_ROUTE_STRATEGY: 'balanced' }); });
  after(() => harness.dispose());

  it('are counted exactly as the provider counted them', async () => {
    let [seed, next] = [7, 0];
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const work = async (): Promise<void> => {
      while (next < count) {
        next += 1;
        const fault = faults[random(faults.length * 6)];
        if (fault) harness.lab.script(labels[random(labels.length)] ?? 'a', [fault]);
        await harness.ask({ stream: random(3) > 0, model: random(2) > 0 ? 'gpt-5.5' : 'gpt-6-sol', input: 'x'.repeat(random(400)) });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const told = harness.lab.requests.filter(({ whole }) => whole).map(({ events }) => usageOf(events.at(-1) ?? ''));
    const sum = (of: (usage: Usage) => number): number => told.reduce((total, usage) => total + of(usage), 0);
    const today = await harness.rpc.call('requestlog/today_summary');
    assert.deepEqual(
      { requests: today.requests, input: today.inputTokens, cached: today.cachedInputTokens, output: today.outputTokens, reasoning: today.reasoningOutputTokens },
      {
        requests: count, input: sum((usage) => usage.input_tokens), cached: sum((usage) => usage.input_tokens_details.cached_tokens),
        output: sum((usage) => usage.output_tokens), reasoning: sum((usage) => usage.output_tokens_details.reasoning_tokens),
      },
    );
    assert.ok(told.length < count - 50 && harness.lab.requests.length > count + 200, 'some were cut, and some asked again');
  });
});

function usageOf(event: string): Usage {
  return (JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '') as { response: { usage: Usage } }).response.usage;
}
