import assert from 'node:assert/strict';
import { readClaims } from '../../../src/core/jwtClaims.ts';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { send, type Reply } from '../../lab/gatewayUnderTest.ts';

describe('the fake provider\'s pages', () => {
  let lab: Lab;
  beforeEach(async () => { lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc' }, { label: 'b', email: 'b@x', subject: 't', chatgptAccountId: 'acc-b', workspaceName: 'Team', workspaceRole: 'member' }], signInPage: true }); });
  afterEach(() => lab.dispose());

  const get = (path: string): Promise<Reply> => send(lab.url + path, { method: 'GET' });
  const form = (path: string, fields: Record<string, string>): Promise<Reply> => send(lab.url + path, { method: 'POST', body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const query = new URLSearchParams({ redirect_uri: 'http://127.0.0.1:9/auth/callback', code_challenge: 'x', code_challenge_method: 'S256', state: 'st"<' }).toString();

  it('ask as whom to sign in, and send the browser back with that choice', async () => {
    const page = await get(`/oauth/authorize?${query}`);
    assert.equal(page.status, 200);
    for (const part of ['value="a@x"', 'value="b@x"', 'name="deny"', 'value="st&#34;&#60;"']) assert.ok(page.body.includes(part), part);
    const chosen = await get(`/oauth/authorize/decide?${query}&as=b@x`);
    assert.match(String(chosen.headers.location), /^http:\/\/127\.0\.0\.1:9\/auth\/callback\?code=ac_\w+&state=st%22%3C$/);
    const denied = await get(`/oauth/authorize/decide?${query}&deny=1`);
    assert.match(String(denied.headers.location), /\?error=access_denied&state=/);
    assert.equal((await get(`/oauth/authorize/decide?${query}&as=nobody`)).status, 400);
    assert.equal((await get(`/oauth/authorize/decide?${query.replace('127.0.0.1', 'evil.example')}&as=b@x`)).status, 400);
  });

  it('take a device code once', async () => {
    const start = async (): Promise<{ device_auth_id: string; user_code: string }> => JSON.parse((await form('/api/accounts/deviceauth/usercode', {})).body) as never;
    const poll = (device: Record<string, string>): Promise<Reply> => send(`${lab.url}/api/accounts/deviceauth/token`, { method: 'POST', body: JSON.stringify(device), headers: { 'content-type': 'application/json' } });
    const device = await start();
    assert.equal((await poll(device)).status, 403);
    assert.match((await get('/codex/device')).body, /name="user_code"/);
    assert.equal((await form('/codex/device', { user_code: 'WRONG', as: 'b@x' })).status, 400);
    assert.match((await form('/codex/device', { user_code: ` ${device.user_code.toLowerCase()}`, as: 'b@x' })).body, /Signed in as b@x/);
    assert.equal((await form('/codex/device', { user_code: device.user_code, as: 'b@x' })).status, 400);
    assert.match((await poll(device)).body, /authorization_code/);
    assert.equal((await poll(device)).status, 403);
    const other = await start();
    await form('/codex/device', { user_code: other.user_code, deny: '1' });
    assert.match((await poll(other)).body, /access_denied/);
  });

  it('and its id tokens name workspace and role', () => {
    const { tokens } = JSON.parse(lab.authJson('b')) as { tokens: { id_token: string; access_token: string } };
    const { workspaceName, workspaceRole } = readClaims(tokens.id_token) ?? assert.fail();
    assert.deepEqual([workspaceName, workspaceRole, readClaims(tokens.access_token)?.workspaceName], ['Team', 'member', null]);
  });

  it('forget a device code after its life', async () => {
    await lab.dispose();
    lab = await startLab({ accounts: [], lifetimeSeconds: -1 });
    const device = JSON.parse((await form('/api/accounts/deviceauth/usercode', {})).body) as { device_auth_id: string; user_code: string };
    assert.match((await form('/api/accounts/deviceauth/token', { device_auth_id: device.device_auth_id, user_code: device.user_code })).body, /expired_token/);
  });
});
