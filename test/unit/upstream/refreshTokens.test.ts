import assert from 'node:assert/strict';
import type { TokenRecord } from '../../../src/core/records.ts';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { HttpSender } from '../../../src/upstream/httpSend.ts';
import { makeRefreshTokens } from '../../../src/upstream/refreshTokens.ts';

describe('makeRefreshTokens', () => {
  let lab: Lab;
  let sender: HttpSender;
  const clock = { now: () => 1_800_000_000_000 };
  before(async () => {
    lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc' }] });
    sender = new HttpSender({ connectTimeoutMs: 1000 });
  });
  after(async () => {
    await sender.dispose();
    await lab.dispose();
  });

  const login = (): TokenRecord => {
    const { tokens } = JSON.parse(lab.authJson('a')) as { tokens: { id_token: string; access_token: string; refresh_token: string } };
    return { idToken: tokens.id_token, accessToken: tokens.access_token, refreshToken: tokens.refresh_token, apiKey: 'sk-kept', accessExpiresAt: 0, lastRefresh: 0, replacedHash: null };
  };
  const refresh = (tokens: TokenRecord, issuer = lab.url) => makeRefreshTokens({ issuer, clientId: 'app', send: sender.send, clock })(tokens, 'unauthorized_recovery');

  it('rotates, and keeps what the answer does not bring', async () => {
    const before = login();
    const outcome = await refresh(before);
    assert.ok(outcome.kind === 'renewed');
    assert.notEqual(outcome.tokens.refreshToken, before.refreshToken);
    assert.equal(outcome.tokens.apiKey, 'sk-kept');
    assert.ok((outcome.tokens.accessExpiresAt ?? 0) > Date.now() / 1000);
    assert.equal(outcome.tokens.lastRefresh, 1_800_000_000);
  });

  it('knows a login that is dead from an issuer in trouble', async () => {
    const tokens = login();
    await refresh(tokens);
    assert.deepEqual(await refresh(tokens), { kind: 'refused', reason: 'refresh_token_reused' });
    assert.deepEqual(await refresh(tokens), { kind: 'refused', reason: 'refresh_token_invalidated' });
    assert.deepEqual(await refresh({ ...tokens, refreshToken: 'unknown' }), { kind: 'refused', reason: 'invalid_grant' });
    lab.refuseRefresh('a', 'http_503');
    assert.deepEqual(await refresh(login()), { kind: 'failed', reason: 'http_503' });
    lab.refuseRefresh('a', null);
    assert.equal((await refresh(login(), 'http://127.0.0.1:9')).kind, 'failed');
  });
});
