import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../src/core/appError.ts';
import { JumpingClock } from '../../lab/clocks.ts';
import { accountA, accountB, send, startHarness, textOf, type Harness } from '../../lab/gatewayUnderTest.ts';

const minute = 60_000;

describe('the tokens of a running service', () => {
  let harness: Harness;
  afterEach(() => harness.dispose());

  const counts = (label: string): { asked: number; rotated: number; ended: number } => {
    const { asked, rotated, ended } = harness.lab.refreshes(label);
    return { asked, rotated, ended };
  };
  const refreshNow = async (label: string): Promise<unknown> => harness.rpc.call('account/tokens/refresh', { accountId: await harness.accountId(label) });
  const accountOf = async (label: string) => {
    const id = await harness.accountId(label);
    return (await harness.rpc.call('account/list')).items.find((account) => account.id === id);
  };

  it('are refreshed exactly once each when 200 requests, a refresh of all usage and the job meet at their end', async () => {
    const clock = new JumpingClock();
    const short = { accessLifetimeSeconds: 1200 };
    harness = await startHarness([{ ...accountA, ...short }, { ...accountB, ...short }], {}, { clock });
    for (const label of ['a', 'b']) {
      harness.lab.refreshes(label).hold = 'answer';
      harness.lab.expireAccess(label);
    }
    const replies = Array.from({ length: 200 }, () => harness.ask());
    const usage = harness.rpc.call('account/usage/refresh');
    await harness.lab.until(() => harness.lab.requests.length === 200);
    clock.jump(11 * minute);
    await harness.lab.until(() => counts('a').rotated === 1 && counts('b').rotated === 1);
    for (const label of ['a', 'b']) harness.lab.refreshes(label).hold = null;
    harness.lab.release();
    await usage;
    assert.deepEqual([...harness.lab.usageRequests].sort(), ['a', 'b'], 'both were read, with their new tokens');
    assert.deepEqual(new Set((await Promise.all(replies)).map(({ body }) => textOf(body))), new Set(['Hello from a.']));
    for (const label of ['a', 'b']) assert.deepEqual(counts(label), { asked: 1, rotated: 1, ended: 0 });
    assert.equal((await accountOf('a'))?.status, 'ready');
    await refreshNow('a');
    assert.deepEqual(counts('a'), { asked: 2, rotated: 2, ended: 0 }, 'the login is alive');
  });

  it('are renewed before they end, without a request', async () => {
    const clock = new JumpingClock();
    harness = await startHarness([{ ...accountA, accessLifetimeSeconds: 1200 }], {}, { clock });
    clock.jump(8 * minute);
    await harness.restart();
    assert.equal(counts('a').asked, 0);
    clock.jump(3 * minute);
    await harness.lab.until(() => counts('a').rotated === 1);
  });

  it('of an account that is paused are kept alive', async () => {
    const clock = new JumpingClock();
    harness = await startHarness([{ ...accountA, accessLifetimeSeconds: 1200 }], {}, { clock });
    await harness.rpc.call('account/update', { accountId: await harness.accountId('a'), enabled: false });
    clock.jump(11 * minute);
    await harness.lab.until(() => counts('a').rotated === 1);
  });

  it('that the issuer refuses for good say so, and are not tried again by anybody, nor after a restart', async () => {
    harness = await startHarness([accountA]);
    harness.lab.refuseRefresh('a', 'refresh_token_expired');
    await assert.rejects(refreshNow('a'), (thrown) => thrown instanceof AppError && thrown.code === 'loginRefused' && /refresh_token_expired.*Sign in/.test(thrown.message));
    harness.lab.expireAccess('a');
    await harness.ask();
    await harness.restart();
    const account = await accountOf('a');
    assert.deepEqual([account?.status, account?.statusReason], ['needsLogin', 'refresh_token_expired']);
    await assert.rejects(refreshNow('a'));
    assert.equal(counts('a').asked, 1);
  });

  it('survive an answer that was lost, when the issuer allows for that', async () => {
    harness = await startHarness([accountA]);
    const refreshes = harness.lab.refreshes('a');
    refreshes.lose = 1;
    refreshes.leeway = true;
    harness.lab.expireAccess('a');
    assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
    assert.deepEqual(counts('a'), { asked: 2, rotated: 1, ended: 0 });
  });

  it('that an issuer holds back do not keep the service from ending', async () => {
    const logs: string[] = [];
    harness = await startHarness([accountA], {}, { log: (level, message) => logs.push(`${level} ${message}`) });
    const refreshes = harness.lab.refreshes('a');
    refreshes.hold = 'answer';
    const refusal = assert.rejects(refreshNow('a'));
    await harness.lab.until(() => refreshes.rotated === 1);
    await harness.service.stop();
    await refusal;
    assert.deepEqual(logs.filter((line) => line.startsWith('error')), []);
    refreshes.hold = null;
    refreshes.leeway = true;
    await harness.restart();
    assert.deepEqual(await refreshNow('a'), { ok: true }, 'and its token is asked for again');
  });

  describe('that Codex CLI holds too', () => {
    const authPath = (): string => join(harness.folder, 'codex', 'auth.json');
    const fileTokens = (): { refresh_token: string } => (JSON.parse(readFileSync(authPath(), 'utf8')) as { tokens: { refresh_token: string } }).tokens;
    const issuerRefresh = (refreshToken: string) => send(`${harness.lab.url}/oauth/token`, { method: 'POST', body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: refreshToken }), headers: { 'content-type': 'application/json' } });

    /** The pool's account is imported from Codex CLI's file, and the person agrees to keep it in step, or not. */
    async function shareLogin(codexShared: boolean): Promise<string> {
      harness = await startHarness([], {}, { lab: { accounts: [accountA] } });
      const text = harness.lab.authJson('a');
      mkdirSync(join(harness.folder, 'codex'));
      writeFileSync(authPath(), text);
      await harness.rpc.call('account/import', { contents: [text] });
      const account = (await harness.rpc.call('account/list')).items[0];
      assert.ok(account);
      await harness.rpc.call('account/update', { accountId: account.id, codexShared });
      return text;
    }
    const refreshOnly = async (): Promise<unknown> => {
      const account = (await harness.rpc.call('account/list')).items[0];
      return account && harness.rpc.call('account/tokens/refresh', { accountId: account.id });
    };

    it('are handed on after a renewal, and then work for both', async () => {
      const before = await shareLogin(true);
      await refreshOnly();
      assert.notEqual(readFileSync(authPath(), 'utf8'), before);
      assert.equal((await issuerRefresh(fileTokens().refresh_token)).status, 200);
      assert.equal(counts('a').ended, 0);
    });

    it('are taken over when Codex CLI renewed them', async () => {
      await shareLogin(true);
      harness.lab.expireAccess('a');
      const tokens = JSON.parse((await issuerRefresh(fileTokens().refresh_token)).body) as object;
      writeFileSync(authPath(), JSON.stringify({ auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens: { ...tokens, account_id: accountA.chatgptAccountId }, last_refresh: new Date(Date.now() + 1000).toISOString() }));
      assert.equal(textOf((await harness.ask()).body), 'Hello from a.');
      assert.deepEqual(counts('a'), { asked: 1, rotated: 1, ended: 0 }, 'only Codex CLI spent one');
    });

    it('are left alone in the file without an agreement', async () => {
      const before = await shareLogin(false);
      await refreshOnly();
      await harness.restart();
      assert.equal(readFileSync(authPath(), 'utf8'), before);
    });
  });

  describe('and API keys of the platform', () => {
    const fallback = { CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL: '$LAB/v1' };

    it('are asked for once when the issuer refuses, not per request, refresh or start', async () => {
      harness = await startHarness([accountA], fallback);
      harness.lab.apiKeys('a').refuse = 401;
      await refreshNow('a');
      await harness.lab.until(() => harness.lab.apiKeys('a').asked === 1);
      await Promise.all(Array.from({ length: 5 }, () => harness.ask()));
      await refreshNow('a');
      await harness.restart();
      await refreshNow('a');
      await harness.ask();
      assert.equal(harness.lab.apiKeys('a').asked, 1);
    });

    it('are not asked for where nothing would use them', async () => {
      harness = await startHarness([accountA]);
      await refreshNow('a');
      assert.equal(harness.lab.apiKeys('a').asked, 0);
    });
  });
});
