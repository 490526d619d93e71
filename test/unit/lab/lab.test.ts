import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { send, type Reply } from '../../lab/gatewayUnderTest.ts';

interface Login { readonly tokens: { readonly access_token: string; readonly refresh_token: string } }

describe('the fake provider', () => {
  let lab: Lab;
  beforeEach(async () => { lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc', models: ['gpt-5.5'] }, { label: 'b', email: 'b@x', subject: 't', chatgptAccountId: 'acc-b' }] }); });
  afterEach(() => lab.dispose());

  const login = (label = 'a'): Login['tokens'] => (JSON.parse(lab.authJson(label)) as Login).tokens;
  const turn = (changes: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> => send(`${lab.url}/backend-api/codex/responses`, {
    method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: 'x', ...changes }), headers: { authorization: `Bearer ${login().access_token}`, 'chatgpt-account-id': 'acc', ...headers },
  });
  const form = (fields: Record<string, string>): Promise<Reply> => send(`${lab.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });

  it('refuses what the real one refuses', async () => {
    for (const [changes, status, message] of [
      [{ store: true }, 400, /Store must be set to false/], [{ store: undefined }, 400, /Store/], [{ stream: false }, 400, /Stream must be set to true/], [{ max_tokens: 5 }, 400, /Unsupported parameter: max_tokens/],
      [{ model: 'gpt-4' }, 400, /model is not supported/], [{ model: 'gpt-6-sol' }, 400, /model is not supported/], [{ previous_response_id: 'resp_x' }, 400, /previous_response_not_found/],
      [{ input: [{ type: 'reasoning', encrypted_content: 'foreign' }] }, 400, /invalid_encrypted_content/], [{ input: 5 }, 400, /Invalid request/],
    ] as const) {
      const reply = await turn(changes);
      assert.equal(reply.status, status, JSON.stringify(changes));
      assert.match(reply.body, message);
    }
    assert.equal((await turn({}, { authorization: 'Bearer foreign' })).status, 401);
    assert.equal((await turn({}, { 'chatgpt-account-id': 'acc-b' })).status, 401);
    assert.equal((await turn({}, { 'x-codex-turn-state': 'foreign' })).status, 400);
    lab.expireAccess('a');
    assert.equal((await turn()).status, 200, 'a new login is not expired');
  });

  it('rotates refresh tokens, and a reused one kills its family', async () => {
    const { refresh_token: first } = login();
    const renew = (refresh_token: string): Promise<Reply> => form({ grant_type: 'refresh_token', refresh_token });
    const { refresh_token: second } = JSON.parse((await renew(first)).body) as { refresh_token: string };
    assert.match((await renew(first)).body, /refresh_token_reused/);
    assert.match((await renew(second)).body, /refresh_token_invalidated/);
    assert.match((await renew('unknown')).body, /invalid_grant/);
  });

  it('checks PKCE in the browser flow, and hands a code out once', async () => {
    const verifier = 'v'.repeat(64);
    const query = new URLSearchParams({ redirect_uri: 'http://localhost:1455/auth/callback', code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', state: 'st', login_hint: 'b@x' });
    const code = async (): Promise<string> => new URL(String((await send(`${lab.url}/oauth/authorize?${query.toString()}`, { method: 'GET' })).headers.location)).searchParams.get('code') ?? '';
    const exchange = (fields: Record<string, string>): Promise<Reply> => form({ grant_type: 'authorization_code', redirect_uri: 'http://localhost:1455/auth/callback', ...fields });
    assert.equal((await exchange({ code: await code(), code_verifier: 'wrong' })).status, 400);
    const good = await code();
    assert.equal((await exchange({ code: good, code_verifier: verifier })).status, 200);
    assert.equal((await exchange({ code: good, code_verifier: verifier })).status, 400);
    assert.equal((await send(`${lab.url}/oauth/authorize?redirect_uri=https://evil.example/auth/callback`, { method: 'GET' })).status, 400);
  });

  it('tells usage, and charges it until the account is spent', async () => {
    await lab.dispose();
    lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc', usedPercent: 90, costPercent: 10, resetsInSeconds: 60 }] });
    assert.equal((await turn()).headers['x-codex-primary-used-percent'], '100');
    const spent = await turn();
    assert.equal(spent.status, 429);
    assert.match(spent.body, /usage_limit_reached/);
    const usage = await send(`${lab.url}/backend-api/wham/usage`, { method: 'GET', headers: { authorization: `Bearer ${login().access_token}`, 'chatgpt-account-id': 'acc' } });
    assert.equal((JSON.parse(usage.body) as { rate_limit: { limit_reached: boolean } }).rate_limit.limit_reached, true);
  });
});
