import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseImport, type ImportItem } from '../../../src/core/importAccounts.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';

const auth = { chatgpt_account_id: 'acc-1', chatgpt_plan_type: 'plus' };
const accessToken = mintJwt({ sub: 'auth0|1', exp: 2_000_000_000, 'https://api.openai.com/auth': auth });
const idToken = mintJwt({ sub: 'auth0|1', email: 'größe@example.com', 'https://api.openai.com/auth': auth });
const file = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens: { id_token: idToken, access_token: accessToken, refresh_token: 'rt_1', account_id: 'acc-1' }, last_refresh: '2026-11-22T23:43:36.219999905Z' };
const text = JSON.stringify(file, null, 2);

function good(item: ImportItem | undefined): Extract<ImportItem, { ok: true }> {
  assert.ok(item?.ok, item && !item.ok ? item.reason : 'nothing');
  return item;
}

const reasons = (content: string): string[] => parseImport(content).map((item) => (item.ok ? 'ok' : `${item.position} ${item.reason}`));

describe('parseImport', () => {
  it('reads Codex CLI\'s auth.json', () => {
    const item = good(parseImport(text)[0]);
    assert.deepEqual([item.subject, item.chatgptAccountId, item.email, item.plan], ['auth0|1', 'acc-1', 'größe@example.com', 'plus']);
    assert.deepEqual(item.tokens, { idToken, accessToken, refreshToken: 'rt_1', apiKey: null, accessExpiresAt: 2_000_000_000, lastRefresh: Math.floor(Date.parse('2026-11-22T23:43:36.219Z') / 1000), replacedHash: null });
  });

  it('takes the account id from the tokens when the file has none, and a real API key only', () => {
    const item = good(parseImport(JSON.stringify({ OPENAI_API_KEY: 'sk-1', tokens: { access_token: accessToken } }))[0]);
    assert.deepEqual([item.chatgptAccountId, item.tokens.apiKey, item.tokens.refreshToken], ['acc-1', 'sk-1', null]);
    assert.equal(good(parseImport(JSON.stringify({ OPENAI_API_KEY: 'not-one', tokens: { access_token: accessToken } }))[0]).tokens.apiKey, null);
  });

  it('reads a BOM, arrays, concatenated and line-delimited files, flat and camel case', () => {
    const flat = JSON.stringify({ accessToken, refreshToken: 'r', accountId: 'acc-2' });
    for (const [content, count] of [[`\ufeff${text}`, 1], [`[${text},${flat}]`, 2], [text + text, 2], [`${JSON.stringify(file)}\n${flat}\n`, 2], [flat, 1]] as const) {
      assert.deepEqual(reasons(content), Array.from({ length: count }, () => 'ok'));
    }
  });

  it('names field and place of what is wrong, and never a token', () => {
    const cases: [string, RegExp][] = [
      ['', /1:1 the text is empty/], [' \n ', /empty/], ['hello', /1:1 a JSON object was expected/], [text.slice(0, 60), /cut off/], ['{"tokens":{}}', /missing field: tokens\.access_token/], ['{}', /missing field: tokens/],
      ['{"tokens":{"access_token":" "}}', /empty field: tokens\.access_token/], ['{"tokens":{"access_token":5}}', /unexpected type of field: tokens\.access_token/], ['{"tokens":{"access_token":"secret-opaque"}}', /neither .* is a JWT/],
      ['{"OPENAI_API_KEY":"sk-1"}', /only an API key/], ['{"a":}', /not valid JSON/], ['[5]', /object was expected/], [`[${text}`, /array is not closed/],
    ];
    for (const [content, expected] of cases) {
      const said = reasons(content).join('; ');
      assert.match(said, expected);
      assert.ok(!said.includes('secret-opaque'));
    }
  });

  it('never lets a bad one hide the good ones', () => {
    assert.deepEqual(reasons(`${JSON.stringify(file)}\nnonsense\n${JSON.stringify(file)}\n{"tokens":{}}\n${JSON.stringify(file)}`), ['ok', '2:1 a JSON object was expected', 'ok', '4:1 missing field: tokens.access_token', 'ok']);
  });

  it('survives any text, and deep nesting', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(text).map((whole) => whole.slice(7))), (content) => void parseImport(content)));
    assert.ok(parseImport('['.repeat(100_000)).every(({ ok }) => !ok));
    assert.equal(parseImport(`{"a":${'['.repeat(100_000)}`)[0]?.ok, false);
  });

  it('reads ten thousand accounts in a moment', () => {
    const startedAt = performance.now();
    assert.equal(parseImport(`[${Array.from({ length: 10_000 }, () => text).join(',\n')}]`).length, 10_000);
    assert.ok(performance.now() - startedAt < 5_000);
  });
});
