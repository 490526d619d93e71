import assert from 'node:assert/strict';
import { runCodex, type CodexRun } from '../../clients/codex.ts';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('real Codex CLI with a key that has limits', function () {
  this.timeout(120_000);
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA]); });
  afterEach(() => harness.dispose());

  const codex = (): Promise<CodexRun> => runCodex({ baseUrl: `${harness.url}/v1`, apiKey: harness.key, prompt: 'hello' });
  const limit = async (limits: Record<string, unknown>): Promise<void> => {
    const [key] = (await harness.rpc.call('apikey/list')).items;
    assert.ok(key);
    await harness.rpc.call('apikey/update', { id: key.id, limits });
  };

  it('ends at once when a budget is spent, and prints which', async () => {
    await limit({ tokensPerDay: 10 });
    assert.equal((await codex()).stdout.trim(), 'Hello from a.');
    const run = await codex();
    assert.match(run.stderr, /The platform key test has used [\d,]+ of 10 tokens per day\. Raise its limit in CodexManager, or try again at/);
    assert.equal((await harness.rpc.call('requestlog/list')).items.length, 2, 'it asks once');
  });

  it('prints which models the key may use', async () => {
    await limit({ models: ['gpt-6*'] });
    const run = await codex();
    assert.match(run.stderr, /The platform key test may not use the model gpt-5\.5\. Allowed: gpt-6\*\./);
  });
});
