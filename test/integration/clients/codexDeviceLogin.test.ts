import assert from 'node:assert/strict';
import { codexDeviceLogin } from '../../clients/codexDeviceLogin.ts';
import { accountA, accountB, startHarness } from '../../lab/gatewayUnderTest.ts';

describe('real Codex CLI signing in', function () {
  this.timeout(60_000);

  it('takes the fake provider\'s device codes for real ones, and its auth.json becomes an account', async () => {
    const harness = await startHarness([accountA], {}, { lab: { accounts: [accountB] } });
    try {
      const authJson = await codexDeviceLogin(harness.lab.url, (userCode) => harness.lab.approveDevice(userCode, 'b'));
      const { created } = await harness.rpc.call('account/import', { content: authJson });
      assert.deepEqual([created, (await harness.rpc.call('account/list')).items[1]?.email], [1, 'b@example.com']);
    } finally {
      await harness.dispose();
    }
  });
});
