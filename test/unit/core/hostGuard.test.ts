import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkFetchSite, checkHost, checkOrigin } from '../../../src/core/hostGuard.ts';

describe('checkHost', () => {
  it('lets loopback and allowed names in, with any port', () => {
    for (const host of ['localhost', 'LOCALHOST:48760', '127.0.0.1:1', '127.8.9.1', '[::1]', '[::1]:48760', 'box.lan:1']) assert.equal(checkHost(host, ['box.lan']), true, host);
  });

  it('refuses what a rebinding page would bring, and nonsense', () => {
    for (const host of [undefined, '', ' ', 'evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost@evil.example', '10.0.0.1', '::1', '[::2]', 'localhost:x', 'localhost:123456', '0.0.0.0', 'box.lan.']) {
      assert.equal(checkHost(host, ['box.lan']), false, String(host));
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (host) => typeof checkHost(host, []) === 'boolean' && typeof checkOrigin(host, []) === 'boolean'));
  });
});

describe('checkOrigin', () => {
  it('lets none and loopback in', () => {
    for (const origin of [undefined, 'http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:1', 'http://box.lan']) assert.equal(checkOrigin(origin, ['box.lan']), true, origin);
    for (const origin of ['null', '', 'https://evil.example', 'file://localhost', 'vscode-webview://localhost', 'http://localhost@evil.example', 'http://localhost/x']) assert.equal(checkOrigin(origin, []), false, origin);
  });
});

describe('checkFetchSite', () => {
  it('refuses other sites only', () => {
    assert.deepEqual([undefined, 'same-origin', 'same-site', 'none', 'cross-site'].map(checkFetchSite), [true, true, true, true, false]);
  });
});
