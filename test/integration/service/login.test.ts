import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import type { LoginStart, LoginStarted, LoginStatus } from '../../../src/contract/login.ts';
import type { Account } from '../../../src/contract/account.ts';
import { accountA, accountB, send, startHarness, type Harness, type HarnessExtras, type Reply } from '../../lab/gatewayUnderTest.ts';
import { ManualClock } from '../../lab/manualClock.ts';

const tenMinutes = 600_000;

describe('signing in', () => {
  let harness: Harness;
  let clock: ManualClock;
  let said: string[];
  afterEach(() => harness.dispose());

  /** Account a is in the pool; a and b can sign in. */
  const begin = async (env: Record<string, string> = {}, lab: HarnessExtras['lab'] = {}): Promise<void> => {
    clock = new ManualClock();
    said = [];
    harness = await startHarness([accountA], { CODEXMANAGER_LOGIN_ADDR: 'localhost:0', ...env }, { clock, lab: { accounts: [accountB], ...lab }, log: (_level, message) => said.push(message) });
  };
  const start = (params: Partial<NonNullable<LoginStart>> = {}): Promise<LoginStarted> => harness.rpc.call('account/login/start', { openBrowser: false, ...params });
  const status = (loginId: string, waitMs = 30_000): Promise<LoginStatus> => harness.rpc.call('account/login/status', { loginId, waitMs });
  const accounts = async (): Promise<Account[]> => (await harness.rpc.call('account/list')).items;
  const get = (url: string): Promise<Reply> => send(url, { method: 'GET' });
  /** Where the issuer sends the browser of someone who signs in as this e-mail address. */
  const signedInAs = async (authUrl: string, email = 'b@example.com'): Promise<string> => String((await get(`${authUrl}&login_hint=${encodeURIComponent(email)}`)).headers.location);
  const gone = (url: string): Promise<boolean> => get(url).then(() => false, () => true);

  describe('with the browser', () => {
    beforeEach(() => begin());

    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      it(`adds an account, with what was wished for it, over ${host}`, async () => {
        const { authUrl, loginId, redirectUri, warning, loginType } = await start({ groupName: ' TEAM ', tags: 'x, y,,x', note: 'mine' });
        assert.deepEqual([warning, loginType], [null, 'chatgpt']);
        const waiting = status(loginId);
        const page = await get((await signedInAs(authUrl)).replace('localhost', host));
        assert.equal(page.status, 200);
        assert.match(page.body, /Signed in as b@example\.com.*b@example\.com was added/s);
        const [, added] = await accounts();
        assert.ok(added);
        assert.deepEqual(await waiting, { status: 'success', error: null, updatedAt: Math.floor(clock.now() / 1000), accountId: added.id, created: true, otherAccount: false });
        assert.deepEqual([added.label, added.groupName, added.tags, added.note, added.workspaceName, added.workspaceRole], ['b@example.com', 'TEAM', ['x', 'y'], 'mine', 'Personal', 'owner']);
        assert.ok(await gone(redirectUri), 'nothing listens any more');
        await harness.restart();
        assert.equal((await accounts()).length, 2);
      });
    }

    it('takes a state once', async () => {
      const { authUrl, loginId } = await start();
      await start();
      const address = await signedInAs(authUrl);
      assert.equal((await get(address)).status, 200);
      const again = await get(address);
      assert.equal(again.status, 400);
      assert.match(again.body, /used already/);
      assert.equal((await status(loginId)).status, 'success');
      assert.equal((await accounts()).length, 2);
    });

    it('takes no state after ten minutes, and stops listening', async () => {
      const { authUrl, loginId, redirectUri } = await start();
      const address = await signedInAs(authUrl);
      const waiting = status(loginId);
      await clock.untilSleeping(30_000);
      clock.pass(tenMinutes);
      const { status: word, error } = await waiting;
      assert.deepEqual([word, error], ['failed', 'The sign-in was not finished within 10 minutes. Start it again.']);
      await assert.rejects(harness.rpc.call('account/login/complete', { url: address }), /over.*10 minutes/);
      assert.ok(await gone(redirectUri));
      assert.equal((await accounts()).length, 1);
    });

    it('says on the page when the person declined', async () => {
      const { authUrl, loginId } = await start();
      const declined = await get(authUrl.replace('/authorize?', '/authorize/decide?deny=1&'));
      const page = await get(String(declined.headers.location));
      assert.equal(page.status, 400);
      assert.match(page.body, /Sign-in declined/);
      assert.match((await status(loginId)).error ?? '', /declined at 127\.0\.0\.1:\d+/);
    });

    it('says on the page what the issuer has against it, as text', async () => {
      const { redirectUri, loginId } = await start();
      const page = await get(`${redirectUri}?${new URLSearchParams({ error: 'server_error', error_description: '<b>No</b> seats left.', state: loginId }).toString()}`);
      assert.equal(page.status, 400);
      assert.match(page.body, /refused the sign-in: server_error: &#60;b&#62;No&#60;\/b&#62; seats left\./);
      assert.match((await status(loginId)).error ?? '', /server_error: <b>No<\/b> seats left/);
    });

    it('leaves a login alone that an unknown or missing state is sent for', async () => {
      const { redirectUri, loginId } = await start();
      for (const [query, text] of [['code=c&state=unknown', /Unknown sign-in/], ['error=access_denied&state=unknown', /declined/], ['error=access_denied', /declined/], ['code=c', /no state/], ['', /neither a code nor a state/]] as const) {
        const page = await get(`${redirectUri}?${query}`);
        assert.equal(page.status, 400, query);
        assert.match(page.body, text);
      }
      assert.equal((await status(loginId, 0)).status, 'pending');
    });

    it('says on the page why the code could not be exchanged', async () => {
      const { authUrl, loginId } = await start();
      harness.lab.answerNext('/oauth/token', { status: 403, body: { error: { code: 'unsupported_country_region_territory', message: 'Not here.' } } });
      const page = await get(await signedInAs(authUrl));
      assert.equal(page.status, 500);
      assert.match(page.body, /status 403 \(unsupported_country_region_territory: Not here\.\)/);
      assert.match((await status(loginId)).error ?? '', /could not be finished at 127\.0\.0\.1:\d+: it answered with status 403 .* Start it again\./);
      assert.equal((await accounts()).length, 1);
    });

    it('refuses tokens that could not be renewed, or belong to nobody', async () => {
      for (const [tokens, text] of [[{ access_token: 'a', id_token: 'i' }, /no refresh_token/], [{ access_token: 'a', refresh_token: 'r' }, /cannot be used/]] as const) {
        const { authUrl, loginId } = await start();
        const address = await signedInAs(authUrl);
        harness.lab.answerNext('/oauth/token', { status: 200, body: tokens });
        assert.equal((await get(address)).status, 500);
        assert.match((await status(loginId)).error ?? '', text);
      }
      assert.equal((await accounts()).length, 1);
    });

    it('ends at once when it is cancelled', async () => {
      const { authUrl, loginId, redirectUri } = await start();
      const address = await signedInAs(authUrl);
      const waiting = status(loginId);
      await clock.untilSleeping(30_000);
      await harness.rpc.call('account/login/cancel', { loginId });
      assert.deepEqual([(await waiting).status, (await waiting).error], ['failed', 'The sign-in was cancelled.']);
      assert.ok(await gone(redirectUri));
      await assert.rejects(harness.rpc.call('account/login/complete', { url: address }), /cancelled/);
      await harness.rpc.call('account/login/cancel', { loginId });
      await harness.rpc.call('account/login/cancel', { loginId: 'unknown' });
      assert.equal((await accounts()).length, 1);
    });

    it('ends with the engine, and is unknown to the next one', async () => {
      const { loginId, redirectUri } = await start();
      const device = await start({ type: 'device' });
      const waiting = status(loginId).then(() => 'answered', () => 'ended');
      await clock.untilSleeping(30_000);
      await clock.untilSleeping(1000);
      await harness.restart();
      assert.equal(await waiting, 'ended');
      assert.equal(clock.sleeping(30_000) + clock.sleeping(1000) + clock.sleeping(tenMinutes), 0);
      assert.ok(await gone(redirectUri));
      for (const id of [loginId, device.loginId, '']) assert.equal((await status(id)).status, 'unknown');
    });

    it('makes one account of two logins of the same person at the same time', async () => {
      const started = await Promise.all([start(), start()]);
      const pages = await Promise.all(started.map(async ({ authUrl }) => get(await signedInAs(authUrl))));
      assert.deepEqual(pages.map((page) => page.status), [200, 200]);
      assert.deepEqual((await Promise.all(started.map(async ({ loginId }) => (await status(loginId)).created))).sort(), [false, true]);
      assert.equal((await accounts()).length, 2);
    });

    it('says no secret in its log', async () => {
      const { authUrl, loginId } = await start();
      const address = await signedInAs(authUrl);
      await get(address);
      await start({ type: 'device' });
      assert.ok(said.some((line) => line.includes('b@example.com signed in')));
      const secrets = [loginId, new URL(address).searchParams.get('code') ?? 'none', 'eyJ', 'rt_', new URL(authUrl).searchParams.get('code_challenge') ?? 'none'];
      for (const secret of secrets) assert.ok(!said.join('\n').includes(secret), secret);
    });
  });

  describe('again', () => {
    beforeEach(() => begin());

    it('keeps the row and what the person set, and the account serves again', async () => {
      const accountId = await harness.accountId('a');
      await harness.rpc.call('account/update', { accountId, label: 'work', groupName: 'MINE', tags: ['t'], note: 'n', sort: 7 });
      harness.lab.refuseRefresh('a', 'refresh_token_expired');
      harness.lab.expireAccess('a');
      await harness.ask();
      const before = (await accounts())[0];
      assert.equal(before?.status, 'needsLogin');
      const { authUrl, loginId } = await start({ accountId, groupName: 'OTHER', tags: 'other', note: 'other' });
      await get(await signedInAs(authUrl, 'a@example.com'));
      const { created, otherAccount, accountId: signedIn } = await status(loginId);
      assert.deepEqual([created, otherAccount, signedIn], [false, false, accountId]);
      const all = await accounts();
      assert.equal(all.length, 1);
      const { status: word, label, groupName, tags, note, sort } = all[0] ?? assert.fail();
      assert.deepEqual({ word, label, groupName, tags, note, sort }, { word: 'unknown', label: 'work', groupName: 'MINE', tags: ['t'], note: 'n', sort: 7 });
      assert.equal((await harness.ask()).status, 200);
    });

    it('tells when it is the login of another account', async () => {
      const { authUrl, loginId } = await start({ accountId: await harness.accountId('a') });
      const page = await get(await signedInAs(authUrl));
      assert.match(page.body, /another account than the one/);
      const { created, otherAccount } = await status(loginId);
      assert.deepEqual([created, otherAccount, (await accounts()).length], [true, true, 2]);
    });

    it('is refused for an account that does not exist', async () => {
      const accountId = await harness.accountId('a');
      await harness.rpc.call('account/delete', { accountId });
      await assert.rejects(start({ accountId }), { code: 'notFound' });
    });
  });

  describe('with a pasted address', () => {
    it('works where no port is free, and says which program has it', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      try {
        await begin({ CODEXMANAGER_REDIRECT_URI: `http://localhost:${port}/auth/callback` });
        const { authUrl, loginId, warning, redirectUri } = await start();
        assert.ok(warning?.includes(`port ${port} is used by node (process ${process.pid})`), warning ?? '');
        assert.equal(redirectUri, `http://localhost:${port}/auth/callback`);
        await assert.rejects(harness.rpc.call('account/login/complete', { url: 'http://localhost/auth/callback?code=c' }), { code: 'badRequest' });
        await harness.rpc.call('account/login/complete', { url: ` <${(await signedInAs(authUrl)).replace('http://', '')}>\n` });
        assert.equal((await status(loginId)).status, 'success');
      } finally {
        await new Promise((resolve) => other.close(resolve));
      }
    });

    it('takes the original\'s state and code, and its redirect', async () => {
      await begin();
      const { authUrl, loginId } = await start();
      const query = new URL(await signedInAs(authUrl)).searchParams;
      const [state, code] = [query.get('state'), query.get('code')];
      await assert.rejects(harness.rpc.call('account/login/complete', { state }), /missing code\/state/);
      await assert.rejects(harness.rpc.call('account/login/complete', { state, code, redirectUri: 'http://localhost:1/auth/callback' }), /invalid_grant/);
      assert.equal((await status(loginId)).status, 'failed');
    });
  });

  describe('with a device code', () => {
    const device = { intervalSeconds: 7 };
    const code = async (): Promise<{ loginId: string; userCode: string }> => {
      const { loginId, device: given, authUrl } = await start({ type: 'device', groupName: 'TEAM' });
      assert.deepEqual([given?.intervalSeconds, given?.verificationUrl, given?.expiresAt], [7, `${harness.lab.url}/codex/device`, Math.floor(clock.now() / 1000) + 900]);
      assert.equal(authUrl, given?.verificationUrl);
      return { loginId, userCode: given?.userCode ?? '' };
    };
    const poll = async (seconds = 7): Promise<void> => {
      await clock.untilSleeping(seconds * 1000);
      clock.pass(seconds * 1000);
    };

    it('signs in once the person approved, at the issuer\'s pace', async () => {
      await begin({}, { ...device, slowDownOnce: true });
      const { loginId, userCode } = await code();
      await poll();
      await poll(12);
      await clock.untilSleeping(12_000);
      harness.lab.approveDevice(userCode, 'b');
      await poll(12);
      const { status: word, created } = await status(loginId);
      assert.deepEqual([word, created, (await accounts())[1]?.groupName], ['success', true, 'TEAM']);
    });

    it('ends when the person denied', async () => {
      await begin({}, device);
      const { loginId, userCode } = await code();
      await assert.rejects(harness.rpc.call('account/login/complete', { state: loginId, code: 'c' }), /does not wait for this sign-in/);
      harness.lab.denyDevice(userCode);
      await poll();
      assert.match((await status(loginId)).error ?? '', /declined/);
    });

    it('ends with the code\'s life', async () => {
      await begin({}, device);
      const { loginId } = await code();
      await clock.untilSleeping(7000);
      clock.pass(900_000);
      assert.match((await status(loginId)).error ?? '', /not entered in time/);
    });

    it('stops asking when it is cancelled', async () => {
      await begin({}, device);
      const { loginId } = await code();
      await clock.untilSleeping(7000);
      await harness.rpc.call('account/login/cancel', { loginId });
      assert.equal(clock.sleeping(7000), 0);
      assert.equal((await status(loginId)).error, 'The sign-in was cancelled.');
    });

    it('says so when the issuer has none', async () => {
      await begin({}, device);
      harness.lab.answerNext('/api/accounts/deviceauth/usercode', { status: 404, body: {} });
      await assert.rejects(start({ type: 'device' }), { code: 'unsupported', message: /does not offer device codes here\. Sign in with the browser/ });
      harness.lab.answerNext('/api/accounts/deviceauth/usercode', { status: 500, body: {} });
      await assert.rejects(start({ type: 'device' }), { code: 'upstream', message: /status 500/ });
    });
  });
});
