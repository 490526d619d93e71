import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../../src/contract/account.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { codexTurnWithLogin } from '../../clients/codexWithLogin.ts';
import { accountsOf, authFile, authText, counts, importAll, readImport, storeImport, textSource, wipe } from './importing.ts';

describe('Codex CLI\'s login', () => {
  let harness: Harness;
  let home: string;
  before(async () => {
    harness = await startHarness([], {}, { lab: { accounts: [accountA, accountB] } });
    home = join(harness.folder, 'codex');
  });
  beforeEach(() => mkdirSync(home));
  afterEach(async () => {
    rmSync(home, { recursive: true, force: true });
    await wipe(harness.rpc);
  });
  after(() => harness.dispose());

  const auth = (): string => join(home, 'auth.json');
  const write = (text: string): void => writeFileSync(auth(), text);
  const written = (): Record<string, unknown> => JSON.parse(readFileSync(auth(), 'utf8')) as Record<string, unknown>;
  const take = async (text: string): Promise<Account['id']> => (await importAll(harness.rpc, textSource(text))).accountId as Account['id'];
  const shared = async (): Promise<(string | null)[]> => (await accountsOf(harness.rpc)).filter(({ codexShared }) => codexShared).map(({ email }) => email);

  it('is imported, and kept in step only when the person agrees', async () => {
    write(authText('cli'));
    const ready = await readImport(harness.rpc, { codexLogin: true });
    assert.deepEqual([ready.state, ready.sharesCodexLogin, ready.files, ...counts(ready)], ['ready', true, 1, 1, 1, 0, 0, 0]);
    assert.equal(ready.preview[0]?.file, auth());
    await storeImport(harness.rpc, ready.importId);
    assert.deepEqual(await shared(), []);
    const agreed = await importAll(harness.rpc, { codexLogin: true }, { codexShared: true });
    assert.deepEqual(counts(agreed), [1, 0, 1, 0, 0], 'what was there already is kept in step from now on');
    assert.deepEqual(await shared(), ['cli@example.com']);
    const again = await readImport(harness.rpc, { codexLogin: true });
    assert.deepEqual([again.sharesCodexLogin, ...counts(again)], [false, 1, 0, 0, 1, 0]);
  });

  it('is recognised in any import, by its refresh token', async () => {
    write(authText('cli'));
    const done = await importAll(harness.rpc, textSource(authText('other'), authText('cli')), { codexShared: true });
    assert.equal(done.sharesCodexLogin, false, 'nothing is left to agree to');
    assert.deepEqual(await shared(), ['cli@example.com']);
    write(authText('cli', { refreshToken: 'rt_a_login_of_its_own' }));
    assert.equal((await readImport(harness.rpc, textSource(authText('cli')))).sharesCodexLogin, false);
  });

  it('can be missing, unreadable or an API key, and the import says so', async () => {
    const reason = async (): Promise<string | null | undefined> => (await readImport(harness.rpc, { codexLogin: true })).errors[0]?.reason;
    assert.equal(await reason(), 'Codex CLI has no login on this computer; run "codex login"');
    write('{');
    assert.match(await reason() ?? '', /auth\.json does not hold one JSON object/);
    write('{"OPENAI_API_KEY":"sk-planted"}');
    assert.match(await reason() ?? '', /only an API key/);
  });

  it('is told: whose it is, and whether we have the account', async () => {
    const told = async (): Promise<unknown[]> => {
      const { path, state, email, accountId } = await harness.rpc.call('account/codexLogin');
      assert.equal(path, auth());
      return [state, email, accountId];
    };
    assert.deepEqual(await told(), ['none', null, null]);
    write('nonsense');
    assert.deepEqual(await told(), ['unreadable', null, null]);
    write('{"auth_mode":"apikey","OPENAI_API_KEY":"sk-planted"}');
    assert.deepEqual(await told(), ['apiKey', null, null]);
    write(authText('cli'));
    assert.deepEqual(await told(), ['login', 'cli@example.com', null]);
    const id = await take(authText('cli', { refreshToken: 'rt_another_login' }));
    assert.deepEqual(await told(), ['login', 'cli@example.com', id]);
    const token = harness.lab.personalToken('b');
    write(JSON.stringify({ OPENAI_API_KEY: null, personal_access_token: token }));
    assert.deepEqual(await told(), ['personalToken', null, null]);
    assert.deepEqual(await told(), ['personalToken', null, null]);
    const tokenId = await take(token);
    assert.deepEqual(await told(), ['personalToken', 'b@example.com', tokenId]);
  });

  it('is replaced by another account\'s, with a copy kept and all else as it was', async function () {
    this.timeout(120_000);
    const [a, b] = [await take(harness.lab.authJson('a')), await take(harness.lab.authJson('b'))];
    const before = JSON.stringify({ ...authFile('cli'), personal_access_token: null, something_else: { of: 'Codex' } }, null, 2);
    write(before);
    const done = await harness.rpc.call('account/useInCodex', { accountId: a });
    assert.equal(done.path, auth());
    assert.equal(readFileSync(done.backup ?? '', 'utf8'), before);
    assert.deepEqual([auth(), done.backup ?? ''].map((path) => statSync(path).mode & 0o777), [0o600, 0o600]);
    assert.deepEqual(Object.keys(written()), ['auth_mode', 'OPENAI_API_KEY', 'tokens', 'last_refresh', 'something_else']);
    assert.deepEqual([(written()['tokens'] as { account_id: string }).account_id, written()['something_else']], ['acc-a', { of: 'Codex' }]);
    assert.deepEqual(await shared(), ['a@example.com']);
    assert.equal((await harness.rpc.call('account/codexLogin')).accountId, a);
    const turn = await codexTurnWithLogin(readFileSync(auth(), 'utf8'), harness.lab.url);
    assert.match(turn.stdout, /Hello from a\./, turn.stderr);
    await harness.rpc.call('account/useInCodex', { accountId: b });
    assert.deepEqual(await shared(), ['b@example.com'], 'one login, one account');
    const text = readFileSync(auth(), 'utf8');
    assert.deepEqual(await harness.rpc.call('account/useInCodex', { accountId: b }), { path: auth(), backup: null });
    assert.equal(readFileSync(auth(), 'utf8'), text, 'it is that login already');
    assert.equal(readdirSync(home).length, 3);
  });

  it('is made where there was none, and stays in step with what is renewed afterwards', async () => {
    const a = await take(harness.lab.authJson('a'));
    rmSync(home, { recursive: true });
    assert.deepEqual(await harness.rpc.call('account/useInCodex', { accountId: a }), { path: auth(), backup: null });
    const spent = (written()['tokens'] as { refresh_token: string }).refresh_token;
    await harness.rpc.call('account/tokens/refresh', { accountId: a });
    assert.notEqual((written()['tokens'] as { refresh_token: string }).refresh_token, spent);
    await harness.rpc.call('account/tokens/refresh', { accountId: a });
  });

  it('can be a personal token', async () => {
    const token = harness.lab.personalToken('a');
    write(authText('cli'));
    await harness.rpc.call('account/useInCodex', { accountId: await take(token) });
    assert.deepEqual({ ...written(), last_refresh: null }, { OPENAI_API_KEY: null, personal_access_token: token, last_refresh: null });
    assert.deepEqual(await shared(), []);
  });

  it('is left alone when the account has no login to give, or the file cannot be understood', async () => {
    const use = async (accountId: Account['id']): Promise<unknown> => harness.rpc.call('account/useInCodex', { accountId });
    await assert.rejects(use('gone' as Account['id']), { code: 'notFound' });
    await assert.rejects(use(await take(authText('short', { refreshToken: null }))), { code: 'conflict', message: /no refresh token/ });
    const a = await take(harness.lab.authJson('a'));
    write('not JSON');
    await assert.rejects(use(a), { code: 'conflict', message: /Move it away/ });
    assert.equal(readFileSync(auth(), 'utf8'), 'not JSON');
    assert.deepEqual(await shared(), []);
    harness.lab.refuseRefresh('a', 'refresh_token_expired');
    await assert.rejects(harness.rpc.call('account/tokens/refresh', { accountId: a }), { code: 'loginRefused' });
    harness.lab.refuseRefresh('a', null);
    rmSync(auth());
    await assert.rejects(use(a), { code: 'conflict', message: /signed in again/ });
    assert.deepEqual(await shared(), []);
  });
});
