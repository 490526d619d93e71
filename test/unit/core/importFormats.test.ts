import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseImport, type ImportItem } from '../../../src/core/importAccounts.ts';

const folder = resolve(import.meta.dirname, '../../fixtures/import');
const read = (name: string): ImportItem[] => parseImport(readFileSync(join(folder, name), 'utf8'));
/** Who or why, one line for each item. */
const said = (name: string): string[] => read(name).map((item) => (item.ok ? `${item.subject} ${item.chatgptAccountId ?? '-'}` : item.personalToken ? `token ${item.personalToken.token}` : `${item.position} ${item.reason}`));
const who = (...names: string[]): string[] => names.map((name) => `auth0|${name} acc-${name}`);

describe('the formats an import reads', () => {
  const expected: Record<string, string[]> = {
    'codex-auth.json': who('codex'),
    'codex-auth-with-api-key.json': who('keyed'),
    'codex-tokens-only.json': who('bare'),
    'codex-api-key-only.json': ['1:1 this file holds only an API key; an account needs a ChatGPT login ("codex login")'],
    'codex-personal-token.json': ['token at-fakeFileToken0123456789'],
    'personal-tokens.txt': ['token at-fakeBareToken0123456789', 'token at-fakeOtherToken0123456789'],
    'original-export.json': who('orig-one', 'orig-two'),
    'concatenated.txt': who('cat-one', 'cat-two'),
    'lines.jsonl': who('line-one', 'line-two'),
    'flat-snake.json': who('snake'),
    'flat-camel.json': who('camel'),
    'nested-camel.json': who('deep'),
    'cliproxyapi-codex.json': who('proxy'),
    'cliproxyapi-claude.json': ['1:1 this is a login of claude, not of Codex'],
    'cliproxyapi-gemini.json': ['1:1 this is a login of gemini, not of Codex'],
    'codex-lb-export.json': who('lb'),
    'codex-lb-auth-text.json': who('lbtext'),
    'codex-lb-bundle.json': ['1:1 this is an encrypted bundle of codex-lb; export the accounts there as auth.json'],
    'sub2api-data.json': [...who('sub-one'), '34:5 this is a login of anthropic, not of Codex', '54:5 this file holds only an API key; an account needs a ChatGPT login ("codex login")', ...who('sub-two')],
    'sub2api-response.json': who('sub-three'),
    'own-export.json': who('own-b', 'own-a'),
    'own-personal-token.json': ['user-pat acc-pat'],
    'mixed-good-and-bad.txt': [
      ...who('mix-one'), '2:1 a JSON object was expected', '3:1 missing field: tokens.access_token', ...who('mix-two'), '4:967 a JSON object was expected', '4:970 a JSON object was expected', ...who('mix-three'),
      '5:1 the JSON object is not closed: the text is cut off', ...who('mix-four'),
    ],
  };

  for (const [name, items] of Object.entries(expected)) it(`reads ${name}`, () => assert.deepEqual(said(name), items));

  it('is proven with a file for every format', () => {
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(expected).sort());
  });

  it('takes refresh token, API key, time and claims along, wherever they stand', () => {
    for (const name of ['codex-auth.json', 'codex-lb-export.json', 'codex-lb-auth-text.json', 'original-export.json', 'cliproxyapi-codex.json', 'nested-camel.json', 'sub2api-data.json']) {
      const item = read(name)[0];
      assert.ok(item?.ok);
      const { tokens, email, plan, workspaceName, workspaceRole } = item;
      assert.deepEqual([tokens.refreshToken, tokens.accessExpiresAt, email, plan, workspaceName, workspaceRole], [`rt_${item.subject.slice(6)}_fake`, 2_000_000_000, `${item.subject.slice(6)}@example.com`, 'plus', 'Personal', 'owner'], name);
    }
    const time = (name: string): number => (read(name)[0] as Extract<ImportItem, { ok: true }>).tokens.lastRefresh;
    assert.deepEqual([time('codex-auth.json'), time('cliproxyapi-codex.json'), time('nested-camel.json'), time('sub2api-data.json')], [1_795_391_016, 1_795_362_216, 1_763_854_996, 0]);
    assert.deepEqual(['codex-auth-with-api-key.json', 'codex-auth.json'].map((name) => (read(name)[0] as Extract<ImportItem, { ok: true }>).tokens.apiKey), ['sk-fake-platform-key', null]);
  });

  it('takes along what a person had set, from our exports and from those of others', () => {
    const set = (name: string, index = 0): unknown => (read(name)[index] as Extract<ImportItem, { ok: true }>).personSet;
    assert.deepEqual(set('own-export.json'), { label: 'own-b label', groupName: 'Team', sort: 7, enabled: true, tags: ['a', 'b'], note: 'kept' });
    assert.deepEqual(set('own-export.json', 1), { label: 'own-a label', groupName: null, sort: 3, enabled: false, tags: [], note: null });
    assert.deepEqual(set('cliproxyapi-codex.json'), { note: 'from the proxy', enabled: false });
    assert.deepEqual(set('sub2api-data.json'), { label: 'sub-one at sub2api', note: 'shared' });
    assert.deepEqual(set('codex-auth.json'), {});
  });

  it('passes over what a person could not have set', () => {
    const odd = { label: ' ', groupName: 5, sort: 1.5, tags: ['x', ''], note: 'n'.repeat(5000), enabled: 'yes' };
    const [item] = parseImport(JSON.stringify({ ...JSON.parse(readFileSync(join(folder, 'codex-auth.json'), 'utf8')) as object, codexmanager: odd }));
    assert.ok(item?.ok);
    assert.deepEqual(item.personSet, {});
  });

  it('never repeats what a file holds where a name belongs', () => {
    const reasonOf = (value: unknown): string => (parseImport(JSON.stringify(value))[0] as Extract<ImportItem, { ok: false }>).reason;
    assert.equal(reasonOf({ type: 'sk-secret/with?odd=marks' }), 'this is a login of another provider, not of Codex');
    assert.equal(reasonOf({ platform: 'x'.repeat(99) }), 'this is a login of another provider, not of Codex');
    assert.equal(reasonOf({ personal_access_token: 'secret' }), 'personal_access_token is not a token that begins with "at-"');
  });
});
