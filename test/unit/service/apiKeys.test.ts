import assert from 'node:assert/strict';
import type { ApiKeyOutcome } from '../../../src/core/apiKeyExchange.ts';
import { id, makeKeeper, start, storedOf, tokensOf, until, type KeeperHarness } from './tokenHarness.ts';

const day = 86_400_000;

describe('an API key of the OpenAI platform', () => {
  let harness: KeeperHarness;
  let asked: number;
  let answers: (ApiKeyOutcome | Promise<ApiKeyOutcome>)[];
  afterEach(() => harness.dispose());

  function open(stored = storedOf(tokensOf('old'))): KeeperHarness {
    asked = 0;
    answers = [];
    const exchange = (): Promise<ApiKeyOutcome> => {
      asked += 1;
      return Promise.resolve(answers.shift() ?? { kind: 'key', apiKey: 'sk-1' });
    };
    return (harness = makeKeeper(stored, { exchange }));
  }

  it('comes after a login and is kept, and is not asked for again', async () => {
    const { keeper, now, disk } = open();
    keeper.signedIn(id);
    keeper.signedIn(id);
    await until(() => now().tokens.apiKey !== null);
    assert.equal(disk.saved.get(id)?.apiKey, 'sk-1');
    assert.equal(now().tokens.refreshToken, 'refresh-old');
    keeper.signedIn(id);
    await keeper.renew(id, 'access-old');
    assert.equal(asked, 1);
    assert.equal(now().tokens.apiKey, 'sk-1', 'a refresh keeps it');
  });

  it('comes after a refresh that brought an id token, behind the request that waits for it', async () => {
    const { keeper, now } = open();
    let give: () => void = () => undefined;
    answers.push(new Promise((resolve) => { give = () => resolve({ kind: 'key', apiKey: 'sk-1' }); }));
    await keeper.renew(id, 'access-old');
    assert.equal(asked, 1);
    give();
    await until(() => now().tokens.apiKey !== null);
  });

  it('is not asked for after a refresh without an id token', async () => {
    const old = tokensOf('old');
    const { keeper, answers: refreshes } = open(storedOf(old));
    refreshes.push({ kind: 'renewed', tokens: { ...tokensOf('new'), idToken: old.idToken } });
    await keeper.renew(id, 'access-old');
    assert.equal(asked, 0);
  });

  it('that was refused is not asked for again within a day', async () => {
    const { keeper, now, disk, clock, logs } = open();
    answers.push({ kind: 'refused', reason: 'http_401' });
    keeper.signedIn(id);
    await until(() => now().state.apiKeyRefusedUntil > 0);
    assert.equal(now().state.apiKeyRefusedUntil, start + day);
    assert.equal(disk.states.at(-1)?.apiKeyRefusedUntil, start + day, 'and that is durable');
    clock.pass(day - 1);
    keeper.signedIn(id);
    assert.equal(asked, 1);
    clock.pass(1);
    keeper.signedIn(id);
    assert.equal(asked, 2);
    await until(() => now().tokens.apiKey !== null);
    assert.doesNotMatch(logs.join(), /sk-/);
  });

  it('that failed is not asked for again within ten minutes', async () => {
    const { keeper, now, clock, logs } = open();
    answers.push({ kind: 'failed', reason: 'ECONNRESET' });
    keeper.signedIn(id);
    await until(() => logs.some((line) => line.includes('ECONNRESET')));
    clock.pass(599_999);
    keeper.signedIn(id);
    assert.equal(asked, 1);
    clock.pass(1);
    keeper.signedIn(id);
    await until(() => now().tokens.apiKey !== null);
    assert.equal(now().state.apiKeyRefusedUntil, 0);
  });

  it('never undoes a refresh that is being saved', async () => {
    const { keeper, now, disk, asked: refreshes } = open();
    let openGate: () => void = () => undefined;
    disk.gate = new Promise((resolve) => { openGate = resolve; });
    const renewal = keeper.renew(id, 'access-old');
    await until(() => refreshes.length === 1);
    await new Promise((next) => setImmediate(next));
    keeper.signedIn(id);
    await until(() => asked === 1);
    await new Promise((next) => setImmediate(next));
    openGate();
    await renewal;
    await until(() => now().tokens.apiKey !== null);
    assert.equal(now().tokens.refreshToken, 'refresh-new1');
  });
});
