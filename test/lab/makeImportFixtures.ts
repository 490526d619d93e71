import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Writes test/fixtures/import: `node test/lab/makeImportFixtures.ts`. The tokens are made up, signed by nobody, and end in 2033. */
const folder = resolve(import.meta.dirname, '../fixtures/import');
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.lab`;

function login(name: string, plan = 'plus'): { id_token: string; access_token: string; refresh_token: string; account_id: string } {
  const auth = { chatgpt_account_id: `acc-${name}`, chatgpt_plan_type: plan, chatgpt_user_id: `user-${name}` };
  return {
    id_token: jwt({ sub: `auth0|${name}`, email: `${name}@example.com`, exp: 2_000_000_000, 'https://api.openai.com/auth': { ...auth, organizations: [{ id: 'org-1', title: 'Personal', role: 'owner', is_default: true }] } }),
    access_token: jwt({ sub: `auth0|${name}`, exp: 2_000_000_000, 'https://api.openai.com/auth': auth, 'https://api.openai.com/profile': { email: `${name}@example.com` } }),
    refresh_token: `rt_${name}_fake`,
    account_id: `acc-${name}`,
  };
}
const authFile = (name: string, apiKey: string | null = null) => ({ auth_mode: 'chatgpt', OPENAI_API_KEY: apiKey, tokens: login(name), last_refresh: '2026-11-22T23:43:36.219999905Z' });
const camel = ({ id_token, access_token, refresh_token, account_id }: ReturnType<typeof login>) => ({ idToken: id_token, accessToken: access_token, refreshToken: refresh_token, accountId: account_id });

const sub2apiAccount = (name: string, extra: object = {}) => ({
  name: `${name} at sub2api`, notes: 'shared', platform: 'openai', type: 'oauth',
  credentials: { access_token: login(name).access_token, refresh_token: login(name).refresh_token, id_token: login(name).id_token, email: `${name}@example.com`, chatgpt_account_id: `acc-${name}`, chatgpt_user_id: `user-${name}`, plan_type: 'plus', expires_at: '2033-05-18T03:33:20Z' },
  extra: {}, proxy_key: null, concurrency: 3, priority: 50, ...extra,
});
const sub2api = {
  exported_at: '2026-11-23T08:00:00Z', proxies: [{ proxy_key: 'socks5|127.0.0.1|1080||', name: 'p', protocol: 'socks5', host: '127.0.0.1', port: 1080, status: 'active' }],
  accounts: [sub2apiAccount('sub-one'), sub2apiAccount('sub-claude', { platform: 'anthropic' }), sub2apiAccount('sub-key', { type: 'apikey', credentials: { api_key: 'sk-not-a-login', base_url: 'https://api.openai.com' } }), sub2apiAccount('sub-two')],
};
const cliProxy = (name: string, extra: object = {}) => ({ ...login(name), last_refresh: '2026-11-22T23:43:36+08:00', email: `${name}@example.com`, type: 'codex', expired: '2033-05-18T03:33:20Z', ...extra });
const own = (name: string, sort: number, extra: object = {}) => ({
  ...authFile(name), codexmanager: { label: `${name} label`, groupName: 'Team', sort, tags: ['a', 'b'], note: 'kept', enabled: true, subject: `auth0|${name}`, chatgptAccountId: `acc-${name}`, email: `${name}@example.com`, plan: 'plus', workspaceName: 'Personal', workspaceRole: 'owner', ...extra },
});

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const files: Record<string, string> = {
  'codex-auth.json': pretty({ ...authFile('codex'), tokens: { ...login('codex'), oauth_provenance: { client: 'codex_cli' }, login_owner_id: 'x' } }),
  'codex-auth-with-api-key.json': pretty(authFile('keyed', 'sk-fake-platform-key')),
  'codex-tokens-only.json': pretty({ tokens: login('bare') }),
  'codex-api-key-only.json': pretty({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-fake-only-key' }),
  'codex-personal-token.json': pretty({ OPENAI_API_KEY: null, personal_access_token: 'at-fakeFileToken0123456789' }),
  'personal-tokens.txt': 'at-fakeBareToken0123456789\nat-fakeOtherToken0123456789\n',
  'original-export.json': pretty([authFile('orig-one'), authFile('orig-two')]),
  'concatenated.txt': pretty(authFile('cat-one')) + pretty(authFile('cat-two')),
  'lines.jsonl': `${JSON.stringify(authFile('line-one'))}\n${JSON.stringify(authFile('line-two'))}\n`,
  'flat-snake.json': pretty(login('snake')),
  'flat-camel.json': pretty(camel(login('camel'))),
  'nested-camel.json': pretty({ tokens: camel(login('deep')), lastRefresh: 1_763_854_996_000 }),
  'cliproxyapi-codex.json': JSON.stringify(cliProxy('proxy', { note: 'from the proxy', disabled: true })),
  'cliproxyapi-claude.json': JSON.stringify({ ...cliProxy('claude'), type: 'claude' }),
  'cliproxyapi-gemini.json': JSON.stringify({ type: 'gemini', token: { access_token: 'ya29.fake' }, email: 'g@example.com' }),
  'codex-lb-export.json': pretty({ filename: 'x.json', account: { accountId: 'internal', chatgptAccountId: 'acc-lb', email: 'lb@example.com' }, tokens: { ...camel(login('lb')), expiresAtMs: 2e12 }, codexAuthJson: authFile('lb'), opencodeAuthJson: { openai: { type: 'oauth', refresh: 'r', access: 'a', expires: 1 } } }),
  'codex-lb-auth-text.json': pretty({ accountId: 'internal', email: 'lbtext@example.com', planType: 'plus', status: 'active', authJson: JSON.stringify(authFile('lbtext')) }),
  'codex-lb-bundle.json': JSON.stringify({ cipher: { name: 'AES-256-GCM', nonce: 'AAAA' }, ciphertext: 'AAAA', format: 'codex-lb-account-bundle', kdf: { name: 'scrypt', n: 32768, p: 1, r: 8, salt: 'AAAA' }, version: 1 }),
  'sub2api-data.json': pretty(sub2api),
  'sub2api-response.json': JSON.stringify({ code: 0, message: 'success', data: { ...sub2api, accounts: [sub2apiAccount('sub-three')] } }),
  'own-export.json': `[\n${[own('own-b', 7), own('own-a', 3, { groupName: null, enabled: false, tags: [], note: null })].map((one) => JSON.stringify(one)).join(',\n')}\n]\n`,
  'own-personal-token.json': pretty({ OPENAI_API_KEY: null, personal_access_token: 'at-fakeOwnToken0123456789', last_refresh: '2026-11-22T23:43:36.000Z', codexmanager: { label: 'mine', groupName: 'Team', sort: 1, tags: [], note: null, enabled: true, subject: 'user-pat', chatgptAccountId: 'acc-pat', email: 'pat@example.com', plan: 'team' } }),
  'mixed-good-and-bad.txt': `${JSON.stringify(authFile('mix-one'))}\nnonsense, and more of it\n{"tokens":{}}\n[${JSON.stringify(authFile('mix-two'))}, 5, "text", ${JSON.stringify(authFile('mix-three'))}]\n{"tokens":{"access_token":"cut off\n${pretty(authFile('mix-four'))}`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
