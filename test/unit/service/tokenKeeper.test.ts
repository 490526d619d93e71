import assert from 'node:assert/strict';
import type { RefreshFailure } from '../../../src/core/refreshTokens.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import { id, makeKeeper, start, storedOf, tokensOf, until, type Answer, type KeeperHarness } from './tokenHarness.ts';

const tenDays = 10 * 86_400_000;
const trouble = (changes: Partial<RefreshFailure> = {}): RefreshFailure => ({ kind: 'failed', reason: 'http_503', lost: false, retryAfterMs: null, ...changes });
const refused = (reason: string): Answer => ({ kind: 'refused', reason });

/** An answer that comes when `give` is called. */
function late(): { readonly answer: Promise<Answer>; readonly give: (answer: Answer) => void } {
  let give: (answer: Answer) => void = () => undefined;
  return { answer: new Promise((resolve) => { give = resolve; }), give: (answer) => give(answer) };
}

describe('TokenKeeper', () => {
  let harness: KeeperHarness;
  const open = (...args: Parameters<typeof makeKeeper>): KeeperHarness => (harness = makeKeeper(...args));
  afterEach(() => harness.dispose());

  it('refreshes once, whoever asks and however many', async () => {
    const { keeper, asked, now, clock } = open(storedOf(tokensOf('old')));
    clock.pass(tenDays);
    const renewals = await Promise.all([keeper.refreshDue(id), ...Array.from({ length: 50 }, () => keeper.renew(id, 'access-old')), keeper.refreshNow(id)]);
    assert.ok(renewals.every(({ kind }) => kind === 'renewed'));
    assert.deepEqual(asked, [{ token: 'refresh-old', reason: 'proactive_expiry' }]);
    assert.equal(now().tokens.accessToken, 'access-new1');
    assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'renewed' }, 'that one was renewed meanwhile');
    assert.equal(asked.length, 1);
  });

  it('lets nobody use new tokens before they are on disk', async () => {
    const { keeper, disk, asked, now } = open(storedOf(tokensOf('old')));
    let openGate: () => void = () => undefined;
    disk.gate = new Promise((resolve) => { openGate = resolve; });
    const renewal = keeper.renew(id, 'access-old');
    await until(() => asked.length === 1);
    await new Promise((next) => setImmediate(next));
    assert.equal(now().tokens.accessToken, 'access-old');
    openGate();
    await renewal;
    assert.equal(disk.saved.get(id)?.refreshToken, 'refresh-new1');
    assert.equal(now().tokens.refreshToken, 'refresh-new1');
  });

  for (const reason of ['invalid_grant', 'refresh_token_reused', 'refresh_token_expired', 'refresh_token_invalidated']) {
    it(`asks for a new login after ${reason}, and never asks the issuer again`, async () => {
      const { keeper, asked, answers, now, clock, disk } = open(storedOf(tokensOf('old')));
      answers.push(refused(reason));
      clock.pass(tenDays);
      assert.deepEqual(keeper.due(), [id]);
      assert.deepEqual(await keeper.refreshDue(id), { kind: 'refused', reason });
      assert.equal(now().state.needsLogin, reason);
      assert.equal(disk.states.at(-1)?.needsLogin, reason, 'and is durable');
      clock.pass(tenDays);
      assert.deepEqual(keeper.due(), []);
      assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'refused', reason });
      assert.deepEqual(await keeper.refreshNow(id), { kind: 'refused', reason });
      assert.equal(asked.length, 1);
    });
  }

  it('blocks an account that the issuer says is closed', async () => {
    const { keeper, answers, now, clock } = open(storedOf(tokensOf('old')));
    answers.push(refused('account_deactivated'));
    await keeper.renew(id, 'access-old');
    assert.equal(now().state.blocked, 'account_deactivated');
    assert.equal(now().state.needsLogin, null);
    clock.pass(tenDays);
    assert.deepEqual(keeper.due(), []);
  });

  it('leaves an account alone for longer and longer after trouble, and gives what it was told to those who ask meanwhile', async () => {
    const { keeper, asked, answers, clock } = open(storedOf(tokensOf('old')));
    clock.pass(tenDays);
    for (const [round, pause] of [30_000, 60_000, 120_000].entries()) {
      answers.push(trouble());
      await keeper.refreshDue(id);
      assert.equal(asked.length, round + 1);
      clock.pass(pause - 1);
      assert.deepEqual(keeper.due(), []);
      assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'failed', reason: 'http_503' });
      assert.equal(asked.length, round + 1);
      clock.pass(1);
      assert.deepEqual(keeper.due(), [id]);
    }
    assert.deepEqual(await keeper.refreshDue(id), { kind: 'renewed' });
    answers.push(trouble());
    await keeper.refreshNow(id);
    clock.pass(tenDays);
    assert.deepEqual(keeper.due(), [id], 'a success starts the pauses anew');
  });

  it('ends a pause with a success, also where the issuer keeps the refresh token', async () => {
    const { keeper, asked, answers } = open(storedOf(tokensOf('old')));
    answers.push(trouble(), { kind: 'renewed', tokens: tokensOf('new', start, { refreshToken: 'refresh-old' }) });
    await keeper.renew(id, 'access-old');
    await keeper.refreshNow(id);
    assert.deepEqual(await keeper.renew(id, 'access-new'), { kind: 'renewed' });
    assert.equal(asked.length, 3);
  });

  it('waits as long as the issuer asks for', async () => {
    const { keeper, answers, clock } = open(storedOf(tokensOf('old')));
    clock.pass(tenDays);
    answers.push(trouble({ reason: 'http_429', retryAfterMs: 300_000 }));
    await keeper.refreshDue(id);
    clock.pass(299_999);
    assert.deepEqual(keeper.due(), []);
    clock.pass(1);
    assert.deepEqual(keeper.due(), [id]);
  });

  it('does what a person asks for in spite of a pause', async () => {
    const { keeper, asked, answers } = open(storedOf(tokensOf('old')));
    answers.push(trouble());
    assert.equal((await keeper.renew(id, 'access-old')).kind, 'failed');
    assert.deepEqual(await keeper.refreshNow(id), { kind: 'renewed' });
    assert.equal(asked.length, 2);
  });

  it('forgets a pause when a new login comes', async () => {
    const { keeper, asked, answers, pool } = open(storedOf(tokensOf('old')));
    answers.push(trouble());
    await keeper.renew(id, 'access-old');
    await pool.save([storedOf(tokensOf('login'))]);
    assert.deepEqual(await keeper.renew(id, 'access-login'), { kind: 'renewed' });
    assert.equal(asked.length, 2);
  });

  it('benches an account whose token is refused and cannot be renewed, and not one that still works', async () => {
    const { keeper, answers, now, clock, disk } = open(storedOf(tokensOf('old')));
    clock.pass(tenDays - 600_000);
    answers.push(trouble());
    await keeper.refreshDue(id);
    assert.equal(now().state.coolUntil, 0);
    await Promise.all(Array.from({ length: 20 }, () => keeper.renew(id, 'access-old')));
    assert.equal(now().state.coolReason, 'token_refresh_failed');
    assert.equal(now().state.coolUntil, clock.now() + 60_000);
    assert.equal(disk.states.length, 1, 'saved once');
  });

  it('asks once more when an answer was lost, with the same token', async () => {
    const { keeper, asked, answers, clock, now } = open(storedOf(tokensOf('old')));
    answers.push(trouble({ reason: 'UND_ERR_SOCKET', lost: true }));
    const renewal = keeper.renew(id, 'access-old');
    await until(() => clock.sleeping.includes(1_000));
    assert.equal(asked.length, 1);
    clock.pass(1_000);
    assert.deepEqual(await renewal, { kind: 'renewed' });
    assert.deepEqual(asked.map(({ token }) => token), ['refresh-old', 'refresh-old']);
    assert.equal(now().tokens.refreshToken, 'refresh-new2');
  });

  it('takes two lost answers for trouble, and what was not sent for nothing lost', async () => {
    const { keeper, asked, answers, clock, now } = open(storedOf(tokensOf('old')));
    answers.push(trouble({ lost: true }), trouble({ reason: 'UND_ERR_SOCKET', lost: true }));
    const renewal = keeper.renew(id, 'access-old');
    await until(() => clock.sleeping.includes(1_000));
    clock.pass(1_000);
    assert.deepEqual(await renewal, { kind: 'failed', reason: 'UND_ERR_SOCKET' });
    assert.equal(now().state.needsLogin, null);
    clock.pass(60_000);
    answers.push(trouble({ reason: 'ECONNREFUSED' }));
    await keeper.renew(id, 'access-old');
    assert.equal(asked.length, 3);
  });

  it('never loses the only copy when the disk refuses it', async () => {
    const { keeper, disk, now, logs, clock } = open(storedOf(tokensOf('old')));
    disk.refuses = true;
    assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'renewed' });
    assert.equal(now().tokens.refreshToken, 'refresh-new1', 'used from memory');
    await keeper.tidy();
    await keeper.tidy();
    const errors = logs.filter((line) => line.startsWith('error'));
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /Anna.*no space left/);
    assert.doesNotMatch(logs.join(), /refresh-|access-/);
    clock.pass(tenDays);
    assert.deepEqual(keeper.due(), [], 'and no more is put at risk');
    disk.refuses = false;
    await keeper.tidy();
    assert.equal(disk.saved.get(id)?.refreshToken, 'refresh-new1');
    assert.deepEqual(keeper.due(), [id]);
  });

  it('saves it at the end at the latest', async () => {
    const { keeper, disk } = open(storedOf(tokensOf('old')));
    disk.refuses = true;
    await keeper.renew(id, 'access-old');
    disk.refuses = false;
    await keeper.dispose();
    assert.equal(disk.saved.get(id)?.refreshToken, 'refresh-new1');
  });

  it('takes over what the issuer now says of the account, and nothing that a person sets', async () => {
    const { keeper, answers, now } = open(storedOf(tokensOf('old'), { plan: 'plus', workspaceRole: 'owner' }));
    const auth = { chatgpt_plan_type: 'team', organizations: [{ id: 'org', title: 'Acme', is_default: true }] };
    answers.push({ kind: 'renewed', tokens: tokensOf('new', start, { idToken: mintJwt({ sub: 'auth0|a', email: 'anna@example.com', 'https://api.openai.com/auth': auth }) }) });
    await keeper.renew(id, 'access-old');
    const { email, plan, workspaceName, workspaceRole, label } = now().account;
    assert.deepEqual({ email, plan, workspaceName, workspaceRole, label }, { email: 'anna@example.com', plan: 'team', workspaceName: 'Acme', workspaceRole: 'owner', label: 'Anna' });
  });

  it('leaves a login alone that came while it was refreshing', async () => {
    const { keeper, answers, asked, now, pool } = open(storedOf(tokensOf('old')));
    const { answer, give } = late();
    answers.push(answer);
    const renewal = keeper.renew(id, 'access-old');
    await until(() => asked.length === 1);
    await pool.save([storedOf(tokensOf('login'))]);
    give('renew');
    assert.deepEqual(await renewal, { kind: 'renewed' });
    assert.equal(now().tokens.refreshToken, 'refresh-login');
  });

  it('does not bring back an account that was deleted meanwhile', async () => {
    const { keeper, answers, asked, pool } = open(storedOf(tokensOf('old')));
    const { answer, give } = late();
    answers.push(answer);
    const renewal = keeper.renew(id, 'access-old');
    await until(() => asked.length === 1);
    await pool.delete([id]);
    give('renew');
    await renewal;
    assert.equal(pool.find(id), undefined);
    assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'failed', reason: 'account_deleted' });
  });

  it('waits at its end for refreshes that run, three seconds at most, and begins none', async () => {
    const { keeper, answers, asked, clock, disk } = open(storedOf(tokensOf('old')));
    const { answer, give } = late();
    answers.push(answer);
    const renewal = keeper.renew(id, 'access-old');
    await until(() => asked.length === 1);
    let ended = false;
    const first = keeper.dispose().then(() => { ended = true; });
    await until(() => clock.sleeping.includes(3_000));
    assert.equal(ended, false);
    clock.pass(3_000);
    await first;
    give('renew');
    await renewal;
    assert.equal(disk.saved.get(id)?.refreshToken, 'refresh-new1', 'what comes after that is saved all the same');
    assert.deepEqual(await keeper.refreshNow(id), { kind: 'failed', reason: 'stopping' });
    assert.equal(asked.length, 1);
  });

  it('asks for a login where there is nothing to refresh with', async () => {
    const { keeper, asked, now } = open(storedOf(tokensOf('old', start, { refreshToken: null })));
    assert.deepEqual(await keeper.renew(id, 'access-old'), { kind: 'refused', reason: 'no_refresh_token' });
    assert.equal(now().state.needsLogin, 'no_refresh_token');
    assert.equal(asked.length, 0);
  });
});
