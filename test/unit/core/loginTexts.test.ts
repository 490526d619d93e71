import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authorizeUrl } from '../../../src/core/authorizeUrl.ts';
import { callbackPage } from '../../../src/core/callbackPage.ts';
import { issuerText } from '../../../src/core/issuerText.ts';

describe('authorizeUrl', () => {
  const request = { issuer: 'https://auth.openai.com', clientId: 'app_x', redirectUri: 'http://localhost:1455/auth/callback', challenge: 'CH', state: 'ST', originator: 'codex_cli_rs', workspaceId: null };

  it('asks for what the official client asks for, percent-encoded', () => {
    assert.equal(authorizeUrl(request), 'https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_x&redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback'
      + '&scope=openid%20profile%20email%20offline_access%20api.connectors.read%20api.connectors.invoke&code_challenge=CH&code_challenge_method=S256'
      + '&id_token_add_organizations=true&codex_cli_simplified_flow=true&state=ST&originator=codex_cli_rs');
  });

  it('names a workspace only when one is wished for', () => {
    assert.equal(new URL(authorizeUrl({ ...request, workspaceId: 'ws 1&x' })).searchParams.get('allowed_workspace_id'), 'ws 1&x');
  });
});

describe('callbackPage', () => {
  const page = (text: string): string => callbackPage({ ok: false, title: text, text, next: text }, 'NONCE');

  it('shows any text as text', () => {
    const html = page('<script>alert(1)</script>&"\'');
    assert.ok(!html.includes('<script'));
    assert.equal(html.split('&#60;script&#62;alert(1)&#60;/script&#62;&#38;&#34;&#39;').length - 1, 4);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(page(text).match(/</g)?.length, page('').match(/</g)?.length)));
  });

  it('loads nothing, and its style is the one its policy lets in', () => {
    const html = page('x');
    assert.doesNotMatch(html, /\b(src|href|url|import|style=|on\w+=)\b/);
    assert.match(html, /<style nonce="NONCE">/);
    assert.match(html, /prefers-color-scheme: dark/);
  });
});

describe('issuerText', () => {
  it('is one short line without anything like a code or token', () => {
    assert.equal(issuerText(' The user\n said\u0000 no. '), 'The user said no.');
    assert.equal(issuerText(`code ac_${'a1'.repeat(12)} and eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiJhdXRoMHxhIiwiaWF0Ij.x is bad`), 'code … and ….….x is bad');
    assert.equal(issuerText('unsupported_country_region_territory'), 'unsupported_country_region_territory');
    assert.equal(issuerText('long words '.repeat(100)).length, 201);
  });
});
