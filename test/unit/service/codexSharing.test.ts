import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { withTokens } from '../../../src/core/codexAuthText.ts';
import { accessJwt, hash, id, makeKeeper, start, storedOf, tokensOf, type KeeperHarness } from './tokenHarness.ts';

const hour = 3_600_000;
const mine = tokensOf('mine');
const later = tokensOf('theirs', start + hour);
const shared = { codexShared: true };

describe('a login shared with Codex CLI', () => {
  let harness: KeeperHarness;
  const open = (...args: Parameters<typeof makeKeeper>): KeeperHarness => (harness = makeKeeper(...args));
  afterEach(() => harness.dispose());

  describe('that Codex CLI renewed', () => {
    it('is taken over before a refresh, which is not spent then', async () => {
      const { keeper, codexHolds, asked, now, disk } = open(storedOf(mine, shared));
      codexHolds(later);
      assert.deepEqual(await keeper.renew(id, mine.accessToken), { kind: 'renewed' });
      assert.equal(asked.length, 0);
      assert.equal(now().tokens.refreshToken, 'refresh-theirs');
      assert.equal(now().tokens.accessToken, accessJwt(later));
      assert.equal(disk.saved.get(id)?.refreshToken, 'refresh-theirs');
    });

    it('is refreshed with Codex CLI\'s token when that one is over too', async () => {
      const { keeper, codexHolds, asked, clock } = open(storedOf(mine, shared));
      codexHolds(later);
      clock.pass(11 * 24 * hour);
      await keeper.refreshDue(id);
      assert.deepEqual(asked.map(({ token }) => token), ['refresh-theirs']);
    });

    it('is taken over on a tick', async () => {
      const { keeper, codexHolds, now, asked } = open(storedOf(mine, shared));
      await keeper.tidy();
      codexHolds(later);
      await keeper.tidy();
      assert.equal(now().tokens.refreshToken, 'refresh-theirs');
      assert.equal(asked.length, 0);
    });

    it('is taken over without an agreement when the file was seen with our token', async () => {
      const { keeper, codexHolds, now } = open(storedOf(mine));
      codexHolds(mine);
      await keeper.tidy();
      assert.equal(now().state.codexTokenHash, hash('refresh-mine'));
      codexHolds(later);
      await keeper.tidy();
      assert.equal(now().tokens.refreshToken, 'refresh-theirs');
      assert.equal(now().state.codexTokenHash, hash('refresh-theirs'));
    });

    it('is taken over also when it was renewed in the second in which ours was', async () => {
      const { keeper, codexHolds, now } = open(storedOf(mine, shared));
      codexHolds(mine);
      await keeper.tidy();
      codexHolds(tokensOf('theirs'));
      await keeper.tidy();
      assert.equal(now().tokens.refreshToken, 'refresh-theirs');
    });

    it('is looked for again after a refusal, and tried once', async () => {
      const { keeper, codexHolds, answers, asked, now } = open(storedOf(mine));
      codexHolds(later);
      answers.push({ kind: 'refused', reason: 'refresh_token_reused' });
      assert.deepEqual(await keeper.renew(id, mine.accessToken), { kind: 'renewed' });
      assert.equal(asked.length, 1);
      assert.equal(now().tokens.refreshToken, 'refresh-theirs');
      assert.equal(now().state.needsLogin, null);
    });

    it('needs a new login when what the file holds is refused too', async () => {
      const { keeper, codexHolds, answers, asked, now } = open(storedOf(mine));
      codexHolds(tokensOf('theirs', start - 20 * 24 * hour));
      answers.push({ kind: 'refused', reason: 'refresh_token_reused' }, { kind: 'refused', reason: 'refresh_token_invalidated' });
      await keeper.renew(id, mine.accessToken);
      assert.deepEqual(asked.map(({ token }) => token), ['refresh-mine', 'refresh-theirs']);
      assert.equal(now().state.needsLogin, 'refresh_token_invalidated');
    });

    it('is not the token that we spent ourselves', async () => {
      const { keeper, codexHolds, answers, asked } = open(storedOf(tokensOf('new', start, { replacedHash: hash('refresh-mine') })));
      codexHolds(mine);
      answers.push({ kind: 'refused', reason: 'refresh_token_expired' });
      assert.deepEqual(await keeper.renew(id, 'access-new'), { kind: 'refused', reason: 'refresh_token_expired' });
      assert.equal(asked.length, 1);
    });

    it('ends the need for a login', async () => {
      const { keeper, codexHolds, now, disk } = open(storedOf(mine, {}, { needsLogin: 'refresh_token_reused' }));
      codexHolds(later);
      await keeper.tidy();
      assert.equal(now().state.needsLogin, null);
      assert.equal(disk.states.at(-1)?.needsLogin, null);
      assert.deepEqual(disk.writes.slice(0, 2), ['state', 'tokens'], 'a crash in between leaves no good login that is never tried');
    });
  });

  it('is not taken when Codex CLI made a login of its own: with two holders both would end', async () => {
    const { keeper, codexHolds, now, asked } = open(storedOf(mine));
    codexHolds(later);
    await keeper.tidy();
    assert.equal(now().tokens.refreshToken, 'refresh-mine');
    await keeper.renew(id, mine.accessToken);
    assert.deepEqual(asked.map(({ token }) => token), ['refresh-mine']);
  });

  it('is not taken when it is an older or another person\'s', async () => {
    const { keeper, codexHolds, now, asked, file, fileText } = open(storedOf(mine, shared));
    codexHolds(tokensOf('theirs', start - hour));
    await keeper.tidy();
    codexHolds(later);
    writeFileSync(file.path, fileText().replace('"acc-a"', '"acc-b"'));
    await keeper.tidy();
    assert.equal(now().tokens.refreshToken, 'refresh-mine');
    await keeper.renew(id, mine.accessToken);
    assert.deepEqual(asked.map(({ token }) => token), ['refresh-mine']);
  });

  describe('that we renewed', () => {
    it('is written back, and nothing else of the file changes', async () => {
      const { keeper, codexHolds, now, fileText } = open(storedOf(mine, shared));
      const before = JSON.parse(codexHolds(mine, { future_field: [1, { deep: true }] })) as { tokens: object };
      await keeper.renew(id, mine.accessToken);
      const { tokens } = now();
      assert.equal(fileText(), JSON.stringify({
        ...before, tokens: { ...before.tokens, id_token: tokens.idToken, access_token: tokens.accessToken, refresh_token: tokens.refreshToken }, last_refresh: new Date(start).toISOString(),
      }, null, 2));
      assert.equal(now().state.codexTokenHash, hash('refresh-new1'));
    });

    it('is not written without an agreement, which is said once', async () => {
      const { keeper, codexHolds, fileText, logs } = open(storedOf(mine));
      const before = codexHolds(mine);
      await keeper.renew(id, mine.accessToken);
      await keeper.tidy();
      await keeper.tidy();
      assert.equal(fileText(), before);
      assert.equal(logs.filter((line) => line.includes('Anna')).length, 1, logs.join('\n'));
      assert.doesNotMatch(logs.join(), /refresh-|access-/);
    });

    it('is not written over a login that Codex CLI made meanwhile', async () => {
      const { keeper, codexHolds, answers, fileText, now } = open(storedOf(mine, shared));
      codexHolds(mine);
      let other = '';
      answers.push(Promise.resolve().then(() => {
        other = codexHolds(tokensOf('login', start - hour));
        return 'renew' as const;
      }));
      await keeper.renew(id, mine.accessToken);
      assert.equal(fileText(), other);
      assert.equal(now().tokens.refreshToken, 'refresh-new1');
    });

    it('is handed on by the next tick when a crash came in between', async () => {
      const { keeper, codexHolds, fileText } = open(storedOf(tokensOf('new', start, { replacedHash: hash('refresh-mine') }), shared));
      codexHolds(mine);
      await keeper.tidy();
      assert.match(fileText(), /"refresh-new"/);
    });

    it('is handed on when the file is two renewals behind', async () => {
      const { keeper, codexHolds, file, fileText, now, logs } = open(storedOf(mine, shared));
      const text = codexHolds(mine);
      const write = file.write.bind(file);
      file.write = () => Promise.reject(new Error('read-only'));
      await keeper.renew(id, mine.accessToken);
      await keeper.tidy();
      await keeper.renew(id, 'access-new1');
      assert.equal(fileText(), text);
      assert.equal(logs.filter((line) => line.includes('could not be handed')).length, 1);
      file.write = write;
      await keeper.tidy();
      assert.match(fileText(), /"refresh-new2"/);
      assert.equal(now().tokens.refreshToken, 'refresh-new2');
    });

    it('leaves no file where Codex CLI signed out', async () => {
      const { keeper, codexHolds, file } = open(storedOf(mine, shared));
      codexHolds(mine);
      await keeper.tidy();
      rmSync(file.path);
      await keeper.renew(id, mine.accessToken);
      await keeper.tidy();
      assert.equal(existsSync(file.path), false);
    });
  });
});

describe('withTokens', () => {
  it('keeps the order of fields and the last line break, and the id token where the issuer gave no new one', () => {
    const text = '{"tokens":{"refresh_token":"r","id_token":"i"},"last_refresh":"x","9":1}\r\n';
    assert.equal(withTokens(text, { ...mine, idToken: null, lastRefresh: 0 }), `${JSON.stringify({ 9: 1, tokens: { refresh_token: 'refresh-mine', id_token: 'i', access_token: 'access-mine' }, last_refresh: '1970-01-01T00:00:00.000Z' }, null, 2)}\r\n`);
  });

  it('refuses what is not Codex CLI\'s file', () => {
    for (const text of ['', '[]', '{"refresh_token":"r"}', '{"tokens":{"refresh_token":null}}', '{"tokens":']) assert.equal(withTokens(text, mine), null);
  });
});
