import assert from 'node:assert/strict';
import { NetworkSettings } from '../../../src/contract/host.ts';
import { NetworkKeeper, readNetwork } from '../../../src/vscode/networkSettings.ts';

describe('VS Code\'s settings of the network', () => {
  const read = (values: Record<string, unknown>, environment = {}): NetworkSettings => readNetwork({ get: (name) => values[name] }, environment);

  it('reach the engine with the proxy variables of this process, and are the engine\'s defaults where nothing was set', () => {
    assert.deepEqual(read({}), NetworkSettings.parse({}));
    assert.deepEqual(read({ proxy: 5, noProxy: 'x' }), NetworkSettings.parse({}));
    assert.deepEqual(read({ proxy: 'http://p:1', noProxy: ['a'], proxyStrictSSL: false, systemCertificates: false }, { HTTPS_PROXY: 'http://q', PATH: 'x' }),
      { proxy: 'http://p:1', noProxy: ['a'], strictSsl: false, systemCertificates: false, variables: { HTTPS_PROXY: 'http://q' } });
  });

  it('name no proxy when VS Code\'s proxy support is off', () => {
    assert.equal(read({ proxy: 'http://p:1', proxySupport: 'off' }).proxy, '');
    assert.equal(read({ proxy: 'http://p:1', proxySupport: 'fallback' }).proxy, 'http://p:1');
  });

  it('start the engine anew only when they come to something else', () => {
    let values: Record<string, unknown> = { proxy: 'http://p:1', proxySupport: 'off' };
    const keeper = new NetworkKeeper(() => read(values));
    assert.equal(keeper.changed, false, 'no engine was told anything yet');
    keeper.tell();
    values = { proxy: 'http://other:1', proxySupport: 'off', proxyAuthorization: 'x' };
    assert.equal(keeper.changed, false);
    values = { proxy: 'http://other:1', proxySupport: 'override' };
    assert.equal(keeper.changed, true);
    keeper.tell();
    assert.equal(keeper.changed, false);
  });
});
