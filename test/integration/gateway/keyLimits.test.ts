import assert from 'node:assert/strict';
import type { KeyLimitsChange, PlatformKey } from '../../../src/contract/platformKey.ts';
import { assumedOutputTokens } from '../../../src/core/keyLimits.ts';
import { windowOf } from '../../../src/core/localWindows.ts';
import { JumpingClock } from '../../lab/clocks.ts';
import { accountA, accountB, send, startHarness, type Harness, type Reply } from '../../lab/gatewayUnderTest.ts';

interface Told { readonly code: string; readonly type: string; readonly message: string; readonly resets_at?: number }

describe('a platform key with limits', function () {
  this.timeout(60_000);
  let harness: Harness;
  let clock: JumpingClock;
  beforeEach(async () => {
    clock = new JumpingClock();
    harness = await startHarness([accountA], {}, { clock });
  });
  afterEach(() => harness.dispose());

  const key = async (): Promise<PlatformKey> => {
    const [found] = (await harness.rpc.call('apikey/list')).items;
    assert.ok(found);
    return found;
  };
  const limit = async (limits: KeyLimitsChange | null): Promise<unknown> => harness.rpc.call('apikey/update', { id: (await key()).id, limits });
  const told = ({ body }: Reply): Told => (JSON.parse(body) as { error: Told }).error;
  const small = { model: 'gpt-5', max_output_tokens: 42 };
  /** What the fake provider counted in the answers that it gave to the end. */
  const truth = (): number => harness.lab.requests.filter(({ aborted }) => !aborted).map(({ events }) => Number(/"total_tokens":(\d+)/.exec(events.at(-1) ?? '')?.[1] ?? 0)).reduce((sum, one) => sum + one, 0);
  const counters = async (): Promise<[number, number][]> => (await key()).usage.map(({ used, reserved }) => [used, reserved]);

  /** The refusal, which is also in the log with its key, and has reached no account. */
  async function refused(reply: Reply, status: number, code: string): Promise<Told> {
    assert.equal(reply.status, status, reply.body);
    const error = told(reply);
    assert.equal(error.code, code);
    const row = (await harness.rpc.call('requestlog/list')).items.find((one) => one.statusCode === status);
    assert.deepEqual([row?.statusCode, row?.keyId, row?.error, row?.attempts], [status, (await key()).id, error.message, []]);
    for (const text of [reply.body, JSON.stringify(reply.headers), JSON.stringify(row)]) assert.ok(!text.includes(harness.key), 'a key is in a message');
    return error;
  }

  it('may make so many requests in a minute, over a restart too', async () => {
    await limit({ requestsPerMinute: 2 });
    assert.deepEqual([(await harness.ask()).status, (await harness.ask()).status], [200, 200]);
    await harness.restart();
    const reply = await harness.ask();
    const wait = Number(reply.headers['retry-after']);
    assert.ok(wait > 50 && wait <= 60, `${wait}`);
    assert.equal((await refused(reply, 429, 'rate_limit_exceeded')).message, `The platform key test has made 2 of 2 requests in a minute. It is free again in ${wait} s.`);
    clock.jump(60_000);
    assert.equal((await harness.ask()).status, 200);
  });

  it('may have so many requests running', async () => {
    await limit({ concurrentRequests: 1 });
    harness.lab.script('a', [{ kind: 'hold', afterEvents: 4 }]);
    const first = harness.ask();
    await harness.lab.until(() => harness.lab.requests.length === 1);
    const reply = await harness.ask();
    assert.equal(reply.headers['retry-after'], '1');
    assert.equal((await refused(reply, 429, 'rate_limit_exceeded')).message, 'The platform key test has 1 of 1 requests running. It is free again when one of them is over.');
    harness.lab.release();
    assert.equal((await first).status, 200);
    assert.equal((await harness.ask()).status, 200);
  });

  for (const [name, window, limits] of [
    ['tokens per day', 'day', { tokensPerDay: 60 }], ['tokens per week', 'week', { tokensPerWeek: 60 }], ['dollars per day', 'day', { costPerDay: 0.0004 }], ['dollars per month', 'month', { costPerMonth: 0.0004 }],
  ] as const) {
    it(`may use so many ${name}, and is told when it may go on`, async () => {
      await limit(limits);
      assert.equal((await harness.ask(small)).status, 200, 'more than the whole budget, but alone');
      const reply = await harness.ask(small);
      const { endsAt } = windowOf(window, clock.now());
      const error = await refused(reply, 429, 'insufficient_quota');
      assert.match(error.message, name.startsWith('tokens') ? new RegExp(`^The platform key test has used ${truth()} of 60 tokens per ${window}\\. It is free again at \\d{4}-\\d\\d-\\d\\d 00:00`) : new RegExp(`^The platform key test has used \\$0\\.000\\d of \\$0\\.0004 per ${window}\\. It is free again at`));
      assert.deepEqual([error.type, error.resets_at], ['usage_limit_reached', endsAt / 1000]);
      assert.ok(Math.abs(Number(reply.headers['retry-after']) - (endsAt - clock.now()) / 1000) < 3);
      assert.match(String(reply.headers['x-codex-promo-message']), /^The platform key test has used .*Raise its limit in CodexManager$/);
      clock.jump(endsAt - clock.now());
      assert.equal((await counters())[0]?.[0], 0, 'another window');
    });
  }

  it('is not told to come back tomorrow for what running requests have only reserved', async () => {
    await limit({ tokensPerDay: 1_000 });
    harness.lab.script('a', [{ kind: 'hold', afterEvents: 4 }]);
    const first = harness.ask({ ...small, max_output_tokens: 900 });
    await harness.lab.until(() => harness.lab.requests.length === 1);
    const reply = await harness.ask({ ...small, max_output_tokens: 900 });
    assert.equal(reply.headers['retry-after'], '5');
    assert.match((await refused(reply, 429, 'rate_limit_exceeded')).message, /has used 0 of 1,000 tokens per day, and its running requests have reserved 9\d\d more/);
    harness.lab.release();
    await first;
    assert.equal((await harness.ask({ ...small, max_output_tokens: 800 })).status, 200);
    assert.deepEqual(await counters(), [[truth(), 0]]);
  });

  it('may use some models, with at most so much effort, until a day', async () => {
    await limit({ models: ['gpt-5', 'gpt-6*'], effortCeiling: 'medium' });
    const error = await refused(await harness.ask({ model: 'gpt-5.5' }), 403, 'model_not_allowed');
    assert.equal(error.message, 'The platform key test may not use the model gpt-5.5. Allowed: gpt-5, gpt-6*.');
    for (const [asked, given] of [['xhigh', 'medium'], ['low', 'low']] as const) {
      assert.equal((await harness.ask({ model: 'gpt-6-sol', reasoning: { effort: asked, summary: 'auto' } })).status, 200);
      assert.deepEqual((JSON.parse(harness.lab.requests.at(-1)?.body ?? '{}') as { reasoning: unknown }).reasoning, { effort: given, summary: 'auto' });
      assert.equal((await harness.rpc.call('requestlog/list')).items[0]?.reasoningEffort, given);
    }
    const { id } = await key();
    const expiresAt = Math.floor(clock.now() / 1000) + 100;
    await harness.rpc.call('apikey/update', { id, expiresAt });
    assert.equal((await harness.ask({ model: 'gpt-5' })).status, 200);
    clock.jump(100_000);
    assert.match((await refused(await harness.ask({ model: 'gpt-5' }), 403, 'key_expired')).message, /^The platform key test expired at \d{4}-\d\d-\d\d \d\d:\d\d\./);
    assert.equal((await send(`${harness.url}/v1/models`, { method: 'GET', headers: { 'x-api-key': harness.key } })).status, 403);
    await harness.rpc.call('apikey/update', { id, expiresAt: null });
    assert.equal((await harness.ask({ model: 'gpt-5' })).status, 200);
  });

  it('counts a hundred requests of one moment as the provider does, and lets none too many through', async () => {
    await limit({ tokensPerDay: 2_000, costPerDay: 100 });
    const replies = await Promise.all(Array.from({ length: 100 }, () => harness.ask(small)));
    const served = replies.filter(({ status }) => status === 200).length;
    assert.ok(served > 5 && served < 40, `${served}`);
    assert.equal(replies.filter(({ status }) => status === 429).length, 100 - served);
    assert.equal(harness.lab.requests.length, served);
    const rows = (await harness.rpc.call('requestlog/list')).items;
    const cost = rows.reduce((sum, { estimatedCostUsd }) => sum + (estimatedCostUsd ?? 0), 0);
    const check = async (): Promise<void> => {
      const [tokens, dollars] = await counters();
      assert.deepEqual(tokens, [truth(), 0]);
      assert.ok(Math.abs((dollars?.[0] ?? 0) - cost) < 1e-9 && cost > 0);
    };
    assert.equal(rows.reduce((sum, { totalTokens }) => sum + (totalTokens ?? 0), 0), truth());
    assert.ok(truth() < 2_000 + 120, 'at most the last one, which ran alone, goes over it');
    await check();
    await harness.restart();
    await check();
  });

  it('may have any name: what Codex prints of it is in a header', async () => {
    await harness.rpc.call('apikey/update', { id: (await key()).id, name: 'Schlüssel 😀', limits: { tokensPerDay: 1 } });
    await harness.ask(small);
    const reply = await harness.ask(small);
    assert.match((await refused(reply, 429, 'insufficient_quota')).message, /^The platform key Schlüssel 😀 has used/);
    assert.match(String(reply.headers['x-codex-promo-message']), /^The platform key Schl\?ssel \?+ has used/);
  });

  it('tells every listener what it used, a moment later', async () => {
    await limit({ tokensPerDay: 5_000 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = harness.rpc.subscribe((event, payload) => {
      const [heard] = event === 'apikey/changed' ? payload as PlatformKey[] : [];
      if (heard?.usage[0]?.used === truth() && truth() > 0 && heard.usage[0].reserved === 0) resolve();
    }, () => undefined);
    await harness.ask(small);
    await promise;
    void subscription.dispose();
  });

  it('can be made with limits, a note and an end at once', async () => {
    const made = await harness.rpc.call('apikey/create', { name: 'new', note: 'n', limits: { requestsPerMinute: 5 }, expiresAt: 4_000_000_000 });
    const item = (await harness.rpc.call('apikey/list')).items.find(({ id }) => id === made.id);
    assert.deepEqual([item?.note, item?.limits?.requestsPerMinute, item?.limits?.models, item?.expiresAt], ['n', 5, null, 4_000_000_000]);
  });

  it('gets back what a request without usage had reserved, unless its client hung up in the middle of an answer', async () => {
    await limit({ tokensPerDay: 100_000 });
    harness.lab.script('a', [{ kind: 'status', status: 400 }, { kind: 'cut', afterEvents: 8 }]);
    assert.deepEqual([(await harness.ask(small)).status, (await harness.ask(small)).status], [400, 200]);
    assert.deepEqual(await counters(), [[0, 0]]);
    await harness.rpc.call('account/update', { accountId: await harness.accountId('a'), enabled: true });
    harness.lab.script('a', [{ kind: 'stall', afterEvents: 8 }]);
    const leaving = new AbortController();
    const body = JSON.stringify({ model: 'gpt-5', stream: true, input: 'x' });
    const answer = await fetch(`${harness.url}/v1/responses`, { method: 'POST', signal: leaving.signal, headers: { authorization: `Bearer ${harness.key}` }, body });
    const reader = answer.body?.getReader();
    await reader?.read();
    leaving.abort();
    await harness.lab.until(() => harness.lab.requests.at(-1)?.aborted === true);
    await harness.rpc.call('requestlog/list');
    assert.deepEqual(await counters(), [[Math.ceil(body.length / 4) + assumedOutputTokens, 0]]);
  });
});

describe('edits of a platform key', () => {
  let harness: Harness;
  beforeEach(async () => { harness = await startHarness([accountA, accountB]); });
  afterEach(() => harness.dispose());

  const only = async (): Promise<PlatformKey> => {
    const [found] = (await harness.rpc.call('apikey/list')).items;
    assert.ok(found);
    return found;
  };

  it('count from the next request on, and let running ones go on', async () => {
    const { id } = await only();
    harness.lab.script('a', [{ kind: 'hold', afterEvents: 4 }]);
    const running = harness.ask();
    await harness.lab.until(() => harness.lab.requests.length === 1);
    await harness.rpc.call('apikey/update', { id, name: ' laptop ', note: ' of mine ', modelSlug: 'gpt-5', reasoningEffort: 'extra_high', limits: { models: ['gpt-5'], tokensPerDay: 10_000 } });
    await harness.rpc.call('apikey/update', { id, limits: { tokensPerDay: null, concurrentRequests: 3 } });
    assert.equal((await harness.ask()).status, 200);
    const { model, reasoning } = JSON.parse(harness.lab.requests[1]?.body ?? '{}') as { model: string; reasoning: { effort: string } };
    assert.deepEqual([model, reasoning.effort], ['gpt-5', 'xhigh']);
    harness.lab.release();
    assert.equal((await running).status, 200);
    const view = async (): Promise<unknown[]> => {
      const { name, note, modelSlug, limits, usage } = await only();
      return [name, note, modelSlug, limits?.models, limits?.tokensPerDay, limits?.concurrentRequests, usage];
    };
    assert.deepEqual(await view(), ['laptop', 'of mine', 'gpt-5', ['gpt-5'], null, 3, []]);
    await harness.restart();
    assert.deepEqual(await view(), ['laptop', 'of mine', 'gpt-5', ['gpt-5'], null, 3, []]);
    await harness.rpc.call('apikey/update', { id, limits: null });
    assert.equal((await only()).limits, null);
    await assert.rejects(harness.rpc.call('apikey/update', { id, limits: { tokensPerYear: 5 } as never }), /limits|tokensPerYear/);
    await assert.rejects(harness.rpc.call('apikey/update', { id, limits: { tokensPerDay: 0 } }), /tokensPerDay/);
    await assert.rejects(harness.rpc.call('apikey/update', { id, reasoningEffort: 'most' }), /reasoningEffort "most"/);
  });

  it('lose nothing when two of them come at once', async () => {
    const { id } = await only();
    await Promise.all([harness.rpc.call('apikey/update', { id, limits: { tokensPerDay: 5 } }), harness.rpc.call('apikey/update', { id, limits: { tokensPerWeek: 6 } }), harness.rpc.call('apikey/update', { id, note: 'n' })]);
    const { limits, note } = await only();
    assert.deepEqual([limits?.tokensPerDay, limits?.tokensPerWeek, note], [5, 6, 'n']);
  });

  it('have the original\'s name for model and effort, which clears what is left out', async () => {
    const { id } = await only();
    await harness.rpc.call('apikey/updateModel', { id, modelSlug: ' gpt-5 ', reasoningEffort: 'high' });
    assert.deepEqual([(await only()).modelSlug, (await only()).reasoningEffort], ['gpt-5', 'high']);
    await harness.rpc.call('apikey/updateModel', { id });
    assert.deepEqual([(await only()).modelSlug, (await only()).reasoningEffort], [null, null]);
    await assert.rejects(harness.rpc.call('apikey/updateModel', { id: 'gk_none' as typeof id }), { code: 'notFound' });
  });

  it('can give it a new text: the old one opens nothing at once, and what runs goes on', async () => {
    const { id } = await only();
    harness.lab.script('a', [{ kind: 'hold', afterEvents: 4 }]);
    const running = harness.ask();
    await harness.lab.until(() => harness.lab.requests.length === 1);
    const renewed = await harness.rpc.call('apikey/regenerate', { id });
    assert.match(renewed.key, /^[0-9a-f]{64}$/);
    assert.notEqual(renewed.key, harness.key);
    const models = async (text: string): Promise<number> => (await send(`${harness.url}/v1/models`, { method: 'GET', headers: { authorization: `Bearer ${text}` } })).status;
    assert.deepEqual([await models(harness.key), await models(renewed.key)], [403, 200]);
    harness.lab.release();
    assert.equal((await running).status, 200);
    await harness.restart();
    assert.deepEqual([await models(harness.key), await models(renewed.key)], [403, 200]);
    assert.deepEqual(await harness.rpc.call('apikey/readSecret', { id }), renewed);
    assert.deepEqual([(await only()).id, (await only()).lastUsedAt !== null], [id, true]);
    await assert.rejects(harness.rpc.call('apikey/regenerate', { id: 'gk_none' as typeof id }), { code: 'notFound' });
  });
});
