import assert from 'node:assert/strict';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { accountsOf, counts, importAll, readImport, textSource, wipe } from './importing.ts';

const whoAmI = '/api/accounts/v1/user-auth-credential/whoami';

describe('personal access tokens', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([], {}, { lab: { accounts: [accountA, accountB] } }); });
  afterEach(() => wipe(harness.rpc));
  after(() => harness.dispose());

  it('belong to whom the issuer says', async () => {
    const [a, b] = [harness.lab.personalToken('a'), harness.lab.personalToken('b')];
    const done = await importAll(harness.rpc, textSource(`${b}\n`, JSON.stringify({ OPENAI_API_KEY: null, personal_access_token: a })));
    assert.deepEqual(counts(done), [2, 2, 0, 0, 0]);
    const accounts = await accountsOf(harness.rpc);
    assert.deepEqual(accounts.map(({ label, email, plan, kind, chatgptAccountId, tokenExpiresAt }) => [label, email, plan, kind, chatgptAccountId, tokenExpiresAt]), [
      ['b@example.com', 'b@example.com', 'plus', 'personalToken', 'acc-b', null], ['a@example.com', 'a@example.com', 'plus', 'personalToken', 'acc-a', null],
    ]);
    assert.equal((await harness.ask()).status, 200);
  });

  it('update their account when another one comes, and are skipped when it is the same', async () => {
    const first = harness.lab.personalToken('a');
    await importAll(harness.rpc, textSource(first));
    const [again, another] = [await importAll(harness.rpc, textSource(first)), await importAll(harness.rpc, textSource(harness.lab.personalToken('a')))];
    assert.deepEqual([counts(again), counts(another)], [[1, 0, 0, 1, 0], [1, 0, 1, 0, 0]]);
    assert.equal((await accountsOf(harness.rpc)).length, 1);
  });

  it('are not needed beside the same person\'s login for the same workspace', async () => {
    await importAll(harness.rpc, textSource(harness.lab.authJson('a')));
    const ready = await readImport(harness.rpc, textSource(harness.lab.personalToken('a'), harness.lab.personalToken('b')));
    assert.deepEqual(ready.preview.map(({ email, action, reason }) => [email, action, reason]), [
      ['a@example.com', 'skip', 'the same person\'s full login for this workspace is there already'], ['b@example.com', 'create', null],
    ]);
  });

  it('are failures with their place and reason when the issuer refuses them or cannot be asked', async () => {
    harness.lab.answerNext(whoAmI, { status: 503, body: {} });
    const ready = await readImport(harness.rpc, textSource(harness.lab.personalToken('a'), '\nat-nobodyKnowsThisToken'));
    assert.deepEqual([ready.state, ...counts(ready)], ['ready', 2, 0, 0, 0, 2]);
    assert.deepEqual(ready.errors.map(({ index, file, position, reason }) => [index, file, position, reason]).sort(), [
      [1, 'text 1', '1:1', 'the issuer did not say whose token this is (HTTP 503); try again later'],
      [2, 'text 2', '2:1', 'the issuer refuses this token: it has expired or was revoked'],
    ]);
  });

  it('stay in the order of the file, although the issuer is asked after all is read', async () => {
    const done = await importAll(harness.rpc, textSource([harness.lab.personalToken('b'), harness.lab.authJson('a'), ...Array.from({ length: 10 }, () => harness.lab.personalToken('b'))].join('\n')));
    assert.deepEqual(counts(done), [12, 2, 10, 0, 0]);
    assert.deepEqual((await accountsOf(harness.rpc)).map(({ email }) => email), ['b@example.com', 'a@example.com']);
  });
});

describe('personal access tokens without a network', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([], { CODEXMANAGER_ISSUER: 'http://127.0.0.1:9' }); });
  after(() => harness.dispose());

  it('cannot be taken, and say so', async () => {
    const ready = await readImport(harness.rpc, textSource('at-someTokenOfSomebody'));
    assert.match(ready.errors[0]?.reason ?? '', /^the issuer cannot be reached to say whose token this is \(ECONNREFUSED\); try again/);
  });
});
