import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCallback } from '../../../src/core/parseCallback.ts';

const address = 'http://localhost:1455/auth/callback?code=ac_x.y-z&scope=openid%20profile&state=st-1_2';
const found = { kind: 'code', code: 'ac_x.y-z', state: 'st-1_2' };

describe('parseCallback', () => {
  const good: Record<string, string> = {
    'as it is': address,
    'without a scheme': address.slice('http://'.length),
    'with blanks and line breaks around': `  \n\t${address}\r\n `,
    'broken over lines by a terminal': address.replace('state', '\n  state').replace('code', 'co\nde'),
    'in double quotes': `"${address}"`,
    'in single quotes': `'${address}'`,
    'in typographic quotes': `\u201c${address}\u201d`,
    'in a code span': `\`${address}\``,
    'in angle brackets': `<${address}>`,
    'in brackets and quotes': `<"${address}">`,
    'HTML-escaped': address.replaceAll('&', '&amp;'),
    'HTML-escaped twice': address.replaceAll('&', '&amp;amp;'),
    'HTML-escaped by number': address.replaceAll('&', '&#38;'),
    'JSON-escaped': address.replaceAll('&', '\\u0026'),
    'shell-escaped': address.replace(/[?&=]/g, '\\$&'),
    'with a zero-width space': address.replace('&', '\u200b&'),
    'with a fragment behind': `${address}#`,
    'as a fragment': address.replace('?', '#'),
    'only the query': address.slice(address.indexOf('?')),
    'only what is in the query': address.slice(address.indexOf('?') + 1),
    'from another port and host': 'https://example.github.dev/proxy/1457/auth/callback?state=st-1_2&code=ac_x.y-z',
  };
  for (const [how, text] of Object.entries(good)) it(`reads an address ${how}`, () => assert.deepEqual(parseCallback(text), found));

  it('undoes percent-encoding once', () => {
    assert.deepEqual(parseCallback('http://localhost/auth/callback?code=a%2Bb%2525&state=s'), { kind: 'code', code: 'a+b%25', state: 's' });
  });

  it('reads what the provider says against it', () => {
    assert.deepEqual(parseCallback(`${address.replace('code=ac_x.y-z', 'error=access_denied')}&error_description=The+user%20said+no`), { kind: 'refused', state: 'st-1_2', error: 'access_denied', description: 'The user said no' });
    assert.deepEqual(parseCallback('localhost:1455/auth/callback?error=server_error'), { kind: 'refused', state: null, error: 'server_error', description: null });
  });

  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /Nothing was pasted/], [' \n "" ', /Nothing was pasted/], ['hello', /neither a code nor a state/], ['http://localhost:1455/', /neither/], ['http://localhost:1455/auth/callback?code=&state=', /neither/],
    ['http://localhost:1455/auth/callback?code=c', /no state in it/], ['http://localhost:1455/auth/callback?state=s', /no code in it/], ['?code=%20&state=s', /no code in it/],
    ['https://auth.openai.com/oauth/authorize?response_type=code&state=s&redirect_uri=http%3A%2F%2Flocalhost', /address the sign-in begins with/],
    ['x'.repeat(16_385), /too long/],
  ];
  for (const [text, reason] of bad) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, () => {
      const parsed = parseCallback(text);
      assert.ok(parsed.kind === 'unusable');
      assert.match(parsed.reason, reason);
    });
  }

  it('finds any code and state in a tidy address, and never throws', () => {
    const word = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
    fc.assert(fc.property(word, word, (code, state) => {
      assert.deepEqual(parseCallback(`http://localhost:1455/auth/callback?${new URLSearchParams({ code, state }).toString()}`), { kind: 'code', code, state });
    }));
    const pieces = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('?', '&', '#', '=', 'code', 'state', 'error', '%', '%E0', '&amp;', '"', '<', '\\', address)));
    fc.assert(fc.property(pieces, (parts) => assert.ok(['code', 'refused', 'unusable'].includes(parseCallback(parts.join('')).kind))));
  });
});
