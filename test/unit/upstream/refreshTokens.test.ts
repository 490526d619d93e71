import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenRecord } from '../../../src/core/records.ts';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { HttpSender } from '../../../src/upstream/httpSend.ts';
import { UpstreamPools } from '../../../src/upstream/upstreamPools.ts';
import { makeRefreshTokens } from '../../../src/upstream/refreshTokens.ts';

describe('makeRefreshTokens', () => {
  let lab: Lab;
  let pools: UpstreamPools;
  let sender: HttpSender;
  const clock = { now: () => 1_800_000_000_000 };
  before(async () => {
    lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc' }] });
    pools = new UpstreamPools({ connectTimeoutMs: 1000 });
    sender = new HttpSender(pools);
  });
  after(async () => {
    await pools.dispose();
    await lab.dispose();
  });

  const login = (): TokenRecord => {
    const { tokens } = JSON.parse(lab.authJson('a')) as { tokens: { id_token: string; access_token: string; refresh_token: string } };
    return { idToken: tokens.id_token, accessToken: tokens.access_token, refreshToken: tokens.refresh_token, apiKey: 'sk-kept', accessExpiresAt: 0, lastRefresh: 0, replacedHash: null };
  };
  const refresh = (tokens: TokenRecord, issuer = lab.url) => makeRefreshTokens({ issuer, clientId: 'app', send: sender.send, clock })(tokens, 'unauthorized_recovery', null);

  it('rotates, and keeps what the answer does not bring', async () => {
    const before = login();
    const outcome = await refresh(before);
    assert.ok(outcome.kind === 'renewed');
    assert.notEqual(outcome.tokens.refreshToken, before.refreshToken);
    assert.equal(outcome.tokens.apiKey, 'sk-kept');
    assert.ok((outcome.tokens.accessExpiresAt ?? 0) > Date.now() / 1000);
    assert.equal(outcome.tokens.lastRefresh, 1_800_000_000);
    assert.equal(outcome.tokens.replacedHash, createHash('sha256').update(before.refreshToken ?? '').digest('hex'));
  });

  it('knows a login that is dead from an issuer in trouble', async () => {
    const tokens = login();
    await refresh(tokens);
    assert.deepEqual(await refresh(tokens), { kind: 'refused', reason: 'refresh_token_reused' });
    assert.deepEqual(await refresh(tokens), { kind: 'refused', reason: 'refresh_token_invalidated' });
    assert.deepEqual(await refresh({ ...tokens, refreshToken: 'unknown' }), { kind: 'refused', reason: 'invalid_grant' });
    lab.refuseRefresh('a', 'account_deactivated');
    assert.deepEqual(await refresh(login()), { kind: 'refused', reason: 'account_deactivated' });
    lab.refuseRefresh('a', 'http_503');
    assert.deepEqual(await refresh(login()), { kind: 'failed', reason: 'http_503', lost: false, retryAfterMs: null });
    lab.refuseRefresh('a', null);
  });

  /** What a refresh makes of an issuer that answers like this. */
  async function against(listener: RequestListener): Promise<unknown> {
    const server = createServer(listener);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    try {
      return await refresh(login(), `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  it('knows whether the issuer may have spent the token', async () => {
    const lost = (reason: string) => ({ kind: 'failed', reason, lost: true, retryAfterMs: null });
    assert.deepEqual(await against((_, response) => response.destroy()), lost('UND_ERR_SOCKET'));
    assert.deepEqual(await against((_, response) => response.writeHead(200, { 'content-length': '100' }).write('{"access', () => response.destroy())), lost('UND_ERR_SOCKET'));
    assert.deepEqual(await against((_, response) => response.end('<html>a portal</html>')), lost('unreadable_answer'));
    assert.deepEqual(await against((_, response) => response.end('{"refresh_token":"rt"}')), lost('unreadable_answer'));
    assert.deepEqual(await refresh(login(), 'http://127.0.0.1:1'), { kind: 'failed', reason: 'ECONNREFUSED', lost: false, retryAfterMs: null });
    assert.equal((await refresh(login(), lab.url.replace('http:', 'https:')) as { lost: boolean }).lost, false, 'TLS never stood');
  });

  it('hears how long the issuer wants to be left alone', async () => {
    assert.deepEqual(await against((_, response) => response.writeHead(429, { 'retry-after': '7' }).end()), { kind: 'failed', reason: 'http_429', lost: false, retryAfterMs: 7_000 });
  });

  it('remembers no replaced token where the issuer gives none out', async () => {
    const outcome = await against((_, response) => response.end('{"access_token":"opaque"}')) as { tokens: TokenRecord };
    assert.equal(outcome.tokens.replacedHash, null);
    assert.equal(outcome.tokens.accessExpiresAt, null);
    assert.match(outcome.tokens.refreshToken ?? '', /^rt_/);
  });
});
