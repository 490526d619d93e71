import { join, resolve } from 'node:path';
import { NetworkSettings } from '../../src/contract/host.ts';
import { systemClock } from '../../src/core/systemClock.ts';
import { startService } from '../../src/service/startService.ts';

/** The service of `startHarness` in a process of its own, which can be killed: `node serviceProcess.ts FOLDER LAB_URL`. Says where it is in one line of JSON. */
const [, , folder = '', lab = ''] = process.argv;
const { ready } = await startService({
  clock: systemClock, log: () => undefined, version: 'test',
  start: {
    type: 'start', dbPath: join(folder, 'codexmanager.db'), storeFile: resolve(import.meta.dirname, '../../dist/store.js'), network: NetworkSettings.parse({}), rpcOnGatewayPort: false, codexHome: join(folder, 'codex'), secretDataKey: null,
    env: { CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_UPSTREAM_BASE_URL: `${lab}/backend-api/codex`, CODEXMANAGER_ISSUER: lab, CODEXMANAGER_WAIT_BUDGET_MS: '0', CODEXMANAGER_DISABLE_POLLING: '1' },
  },
});
process.stdout.write(`${JSON.stringify({ rpcUrl: ready.rpcUrl, token: ready.token, url: ready.gateway.addresses[0] })}\n`);
