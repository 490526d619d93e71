import assert from 'node:assert/strict';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

const own = { input: 1_000, cachedInput: 1_000, output: 1_000, cacheWrite: null, longContext: null };

describe('what models cost', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA]); });
  after(() => harness.dispose());

  const newest = async () => {
    await harness.ask({ model: 'gpt-5.5' });
    const [row] = (await harness.rpc.call('requestlog/list', { limit: 1 })).items;
    assert.ok(row);
    return row;
  };

  it('is kept with each request as it was then; own prices count from the next one on, over a restart too', async () => {
    const first = await newest();
    const { version, items } = await harness.rpc.call('prices/list');
    assert.deepEqual([first.priceVersion, (first.estimatedCostUsd ?? 0) > 0], [version, true]);
    assert.deepEqual(items.find(({ family }) => family === 'gpt-5.5')?.source, 'https://developers.openai.com/api/docs/models/gpt-5.5');
    const changed = await harness.rpc.call('prices/set', { family: 'GPT-5.5 ', ...own });
    assert.deepEqual(changed.items.find(({ family }) => family === 'gpt-5.5')?.own, own);
    await harness.restart();
    const second = await newest();
    assert.deepEqual([second.priceVersion, second.estimatedCostUsd], [changed.version, (second.inputTokens ?? 0) / 1_000 + (second.outputTokens ?? 0) / 1_000]);
    const [, before] = (await harness.rpc.call('requestlog/list', { limit: 2 })).items;
    assert.deepEqual([before?.id, before?.estimatedCostUsd, before?.priceVersion], [first.id, first.estimatedCostUsd, version]);
    const reset = await harness.rpc.call('prices/reset', { family: 'gpt-5.5' });
    assert.ok(reset.version > changed.version);
    assert.equal((await newest()).estimatedCostUsd, first.estimatedCostUsd);
  });

  it('takes no price that cannot be one', async () => {
    for (const bad of [{ family: 'gpt-5.5', ...own, input: -1 }, { family: '', ...own }, { family: 'gpt 5', ...own }, { family: 'gpt-5.5', ...own, longContext: { above: 0, ...own } }, { family: 'gpt-5.5', ...own, output: Infinity }]) {
      await assert.rejects(harness.rpc.call('prices/set', bad), { code: 'badRequest' }, JSON.stringify(bad));
    }
  });
});
