import assert from 'node:assert/strict';
import { getCACertificates } from 'node:tls';
import { systemCertificates, trustedContext } from '../../../src/upstream/trustedContext.ts';
import { testCa } from '../../lab/proxies.ts';

describe('whom to trust', () => {
  it('is this computer\'s store beside all that Node trusts, each certificate once, or Node\'s alone', () => {
    const said: string[] = [];
    const certificates = systemCertificates((_level, message) => said.push(message));
    const own = getCACertificates('default');
    const system = getCACertificates('system');
    assert.equal(certificates === null, system.every((one) => own.includes(one)));
    if (certificates) {
      assert.equal(new Set(certificates).size, certificates.length);
      assert.ok([...own, ...system].every((one) => certificates.includes(one)));
    }
    assert.match(said.join(), /^Certificates of this computer read in \d+ ms: \d+, \d+ of them Node's own\.$/);
  });

  it('is made once, when first asked for', () => {
    let asked = 0;
    const context = trustedContext(() => {
      asked += 1;
      return [testCa];
    });
    assert.equal(asked, 0);
    assert.ok(context());
    assert.equal(context(), context());
    assert.equal(asked, 1);
    assert.equal(trustedContext(() => null)(), undefined);
  });
});
