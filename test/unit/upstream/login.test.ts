import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { HttpSender } from '../../../src/upstream/httpSend.ts';
import { UpstreamPools } from '../../../src/upstream/upstreamPools.ts';
import { makeLoginIssuer, type DevicePolled, type LoginIssuer } from '../../../src/upstream/login.ts';
import { ManualClock } from '../../lab/manualClock.ts';

const secretCode = `ac_${'5ec2e7'.repeat(5)}`;
const call = { signal: new AbortController().signal, proxy: null };

describe('makeLoginIssuer', () => {
  let lab: Lab;
  let pools: UpstreamPools;
  let sender: HttpSender;
  let clock: ManualClock;
  let issuer: LoginIssuer;
  const at = (url: string): LoginIssuer => makeLoginIssuer({ issuer: url, clientId: 'app', send: sender.send, clock });
  before(async () => {
    lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc' }] });
    pools = new UpstreamPools({ connectTimeoutMs: 1000 });
    sender = new HttpSender(pools);
  });
  beforeEach(() => {
    clock = new ManualClock();
    issuer = at(lab.url);
  });
  after(async () => {
    await pools.dispose();
    await lab.dispose();
  });

  describe('exchange', () => {
    const exchange = async (status: number, body: unknown): Promise<string> => {
      lab.answerNext('/oauth/token', { status, body });
      const exchanged = await issuer.exchange({ code: secretCode, verifier: 'v'.repeat(86), redirectUri: 'http://localhost:1/auth/callback' }, call);
      return exchanged.kind === 'failed' ? exchanged.reason : JSON.stringify(exchanged.tokens);
    };

    it('takes tokens that can be kept, and names what is missing', async () => {
      assert.equal(await exchange(200, { id_token: 'i', access_token: 'a', refresh_token: 'r' }), '{"idToken":"i","accessToken":"a","refreshToken":"r"}');
      assert.equal(await exchange(200, { id_token: '', access_token: 'a', refresh_token: 'r' }), '{"idToken":null,"accessToken":"a","refreshToken":"r"}');
      assert.match(await exchange(200, { id_token: 'i', refresh_token: 'r' }), /no access_token/);
      assert.match(await exchange(200, { id_token: 'i', access_token: 'a' }), /no refresh_token/);
      assert.match(await exchange(200, 'tokens'), /could not be read/);
    });

    it('tells the status and what the issuer says, without what looks like a code', async () => {
      assert.equal(await exchange(400, { error: 'invalid_grant', error_description: `The code ${secretCode} is expired.` }), 'it answered with status 400 (invalid_grant: The code … is expired.)');
      assert.equal(await exchange(403, { error: { code: 'unsupported_country', message: 'Not here.' } }), 'it answered with status 403 (unsupported_country: Not here.)');
      assert.equal(await exchange(500, '<html>'), 'it answered with status 500');
    });

    const code = { code: secretCode, verifier: 'v', redirectUri: 'r' };

    it('sends the code once more when no connection opened, and only then', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      const unopened = at(`http://127.0.0.1:${port}`).exchange(code, call);
      await clock.untilSleeping(250);
      let connections = 0;
      const cutting = createServer((socket) => {
        connections += 1;
        socket.on('error', () => undefined).once('data', () => socket.destroy());
      });
      await new Promise<void>((resolve) => cutting.listen(port, '127.0.0.1', resolve));
      clock.pass(250);
      assert.match(JSON.stringify(await unopened), /"failed".*could not be reached/);
      assert.equal(connections, 1);
      assert.equal((await at(`http://127.0.0.1:${port}`).exchange(code, call)).kind, 'failed');
      assert.equal(connections, 2, 'a code that was sent may be spent');
      await new Promise((resolve) => cutting.close(resolve));
    });

    it('ends at once with its signal', async () => {
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const cancel = new AbortController();
      silent.once('connection', (socket) => socket.on('error', () => undefined).once('data', () => cancel.abort()));
      const { port } = silent.address() as AddressInfo;
      assert.equal((await at(`http://127.0.0.1:${port}`).exchange({ code: 'c', verifier: 'v', redirectUri: 'r' }, { signal: cancel.signal, proxy: null })).kind, 'failed');
      await new Promise((resolve) => silent.close(resolve));
    });
  });

  describe('startDevice', () => {
    const start = (status: number, body: unknown): ReturnType<LoginIssuer['startDevice']> => {
      lab.answerNext('/api/accounts/deviceauth/usercode', { status, body });
      return issuer.startDevice(call);
    };
    const code = { device_auth_id: 'd', user_code: 'AB-12' };

    it('reads interval and life as text or number, within bounds', async () => {
      for (const [more, intervalSeconds, expiresInSeconds] of [
        [{ interval: '7' }, 7, 900], [{ interval: 3, expires_in: 120 }, 3, 120], [{ interval: 'soon', expires_in: '60' }, 5, 60], [{ interval: 0, expires_in: 99_999 }, 1, 900], [{ interval: 9999 }, 60, 900], [{}, 5, 900],
      ] as const) {
        assert.deepEqual(await start(200, { ...code, ...more }), { kind: 'started', device: { deviceAuthId: 'd', userCode: 'AB-12', intervalSeconds, expiresInSeconds } }, JSON.stringify(more));
      }
      assert.equal((await start(200, { device_auth_id: 'd', usercode: 'AB-12' })).kind, 'started');
    });

    it('knows an issuer without device codes from one in trouble', async () => {
      assert.deepEqual(await start(404, {}), { kind: 'notEnabled' });
      assert.deepEqual(await start(503, {}), { kind: 'failed', reason: 'it answered with status 503' });
      assert.equal((await start(200, { device_auth_id: 'd' })).kind, 'failed');
    });
  });

  describe('pollDevice', () => {
    const poll = (status: number, body: unknown, headers: Record<string, string> = {}): Promise<DevicePolled> => {
      lab.answerNext('/api/accounts/deviceauth/token', { status, body, headers });
      return issuer.pollDevice({ deviceAuthId: 'd', userCode: 'AB-12' }, call);
    };

    it('knows waiting from the end', async () => {
      for (const status of [403, 404, 408, 500, 503]) assert.deepEqual(await poll(status, {}), { kind: 'pending' }, String(status));
      assert.deepEqual(await poll(400, { error: 'authorization_pending' }), { kind: 'pending' });
      assert.deepEqual(await poll(400, { error: 'expired_token' }), { kind: 'expired' });
      assert.deepEqual(await poll(403, { error: { code: 'access_denied' } }), { kind: 'denied' });
      assert.deepEqual(await poll(401, { error: 'invalid_client' }), { kind: 'failed', reason: 'it answered with status 401 (invalid_client)' });
      assert.deepEqual(await poll(200, { authorization_code: 'c', code_challenge: 'x', code_verifier: 'v' }), { kind: 'approved', code: 'c', verifier: 'v' });
      assert.equal((await poll(200, {})).kind, 'failed');
      assert.deepEqual(await at('http://127.0.0.1:9').pollDevice({ deviceAuthId: 'd', userCode: 'x' }, call), { kind: 'pending' });
    });

    it('reads how much slower it is to be', async () => {
      assert.deepEqual(await poll(400, { error: 'slow_down' }), { kind: 'slower', seconds: null });
      assert.deepEqual(await poll(429, {}), { kind: 'slower', seconds: null });
      assert.deepEqual(await poll(429, {}, { 'retry-after': '42' }), { kind: 'slower', seconds: 42 });
      const date = new Date(Math.floor(clock.now() / 1000) * 1000 + 90_000);
      const polled = await poll(429, {}, { 'retry-after': date.toUTCString() });
      assert.ok(polled.kind === 'slower' && polled.seconds !== null && polled.seconds >= 89 && polled.seconds <= 90);
    });
  });
});
