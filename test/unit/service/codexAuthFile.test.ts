import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../src/core/appError.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import { CodexAuthFile } from '../../../src/service/codexAuthFile.ts';

const login = JSON.stringify({
  auth_mode: 'chatgpt', OPENAI_API_KEY: null,
  tokens: { id_token: mintJwt({ sub: 'auth0|a', email: 'a@example.com' }), access_token: 'opaque', refresh_token: 'rt_a', account_id: 'acc-a' }, last_refresh: '2026-01-02T03:04:05Z',
}, null, 2);

describe('CodexAuthFile', () => {
  let folder: string;
  let home: string;
  let file: CodexAuthFile;
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-auth-'));
    home = join(folder, 'codex');
    file = new CodexAuthFile(home, () => now);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (text: string): void => {
    mkdirSync(home, { recursive: true });
    writeFileSync(file.path, text);
  };
  const refusal = (code: string) => (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === code && thrown.message.includes(home);

  it('says what the file holds', async () => {
    assert.deepEqual(await file.read(), { state: 'none' });
    put(login);
    const read = await file.read();
    assert.ok(read.state === 'login' && read.account);
    assert.equal(read.text, login);
    assert.equal(read.account.subject, 'auth0|a');
    assert.equal(read.account.chatgptAccountId, 'acc-a');
    assert.equal(read.account.tokens.lastRefresh, 1_767_323_045);
    put('{"auth_mode":"apikey","OPENAI_API_KEY":"sk-1"}');
    assert.deepEqual(await file.read(), { state: 'apiKey', text: '{"auth_mode":"apikey","OPENAI_API_KEY":"sk-1"}', account: null });
    put('{"OPENAI_API_KEY":null,"personal_access_token":"at-1"}');
    assert.equal((await file.read()).state, 'personalToken');
  });

  it('explains what it cannot read, without its content', async () => {
    for (const text of ['', '{"tokens":{"access', '[1]', '{"tokens":{"access_token":"secret"}}', 'x'.repeat(1_048_577)]) {
      put(text);
      const read = await file.read();
      assert.ok(read.state === 'unreadable' && read.reason.includes(file.path) && !read.reason.includes('secret'), `${text.slice(0, 40)} → ${JSON.stringify(read)}`);
    }
    rmSync(file.path);
    mkdirSync(file.path);
    assert.equal((await file.read()).state, 'unreadable');
  });

  it('reads the file again only when it changed', async () => {
    assert.deepEqual(await file.peek(), { state: 'none' });
    put(login);
    const seen = await file.peek();
    assert.equal(seen.state, 'login');
    assert.equal(await file.peek(), seen);
    await file.write(login.replace('rt_a', 'rt_b'), login);
    const changed = await file.peek();
    assert.ok(changed.state === 'login' && changed.text.includes('rt_b'));
  });

  it('makes the folder and the file for its owner alone', async () => {
    await file.write(login, null);
    assert.equal(readFileSync(file.path, 'utf8'), login);
    assert.equal(statSync(file.path).mode & 0o777, 0o600);
    assert.equal(statSync(home).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(home), ['auth.json']);
  });

  it('replaces the file instead of writing into it', async () => {
    put(login);
    const before = statSync(file.path).ino;
    await file.write('{}', login);
    assert.notEqual(statSync(file.path).ino, before);
    assert.equal(statSync(file.path).mode & 0o777, 0o600);
  });

  it('leaves alone what is not what was read, and leaves nothing beside it', async () => {
    put(login);
    await assert.rejects(file.write('{}', null), refusal('conflict'));
    await assert.rejects(file.write('{}', `${login} `), refusal('conflict'));
    assert.equal(readFileSync(file.path, 'utf8'), login);
    rmSync(file.path);
    await assert.rejects(file.write('{}', login), refusal('conflict'));
    assert.deepEqual(readdirSync(home), []);
  });

  it('replaces the target of a link, not the link', async () => {
    mkdirSync(home);
    mkdirSync(join(folder, 'dotfiles'));
    symlinkSync('../dotfiles/auth.json', file.path);
    await file.write(login, null);
    await file.write('{}', login);
    assert.ok(lstatSync(file.path).isSymbolicLink());
    assert.equal(readFileSync(join(folder, 'dotfiles/auth.json'), 'utf8'), '{}');
    assert.deepEqual(readdirSync(home), ['auth.json']);
  });

  it('says that it could not write', async () => {
    writeFileSync(home, 'a file where the folder should be');
    await assert.rejects(file.write(login, null), refusal('forbidden'));
    await assert.rejects(file.keepBackup(login), refusal('forbidden'));
  });

  it('keeps the two newest backups', async () => {
    put(login);
    const kept = [];
    for (const text of ['one', 'two', 'three']) {
      kept.push(await file.keepBackup(text));
      now += 1000;
    }
    assert.equal(kept[0], join(home, 'auth.json.codexmanager-20260102T030405000Z'));
    assert.deepEqual(kept.map((path) => existsSync(path)), [false, true, true]);
    assert.equal(readFileSync(kept[2] ?? '', 'utf8'), 'three');
    assert.equal(statSync(kept[2] ?? '').mode & 0o777, 0o600);
  });
});
