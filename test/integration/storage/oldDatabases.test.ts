import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFs } from '../../../src/storage/storageFs.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, openOn, platformKey, storedAccount } from '../../unit/storage/harness.ts';
import { makeOldDatabase, oldDataKey } from './makeOldDatabase.ts';

const fixtures = new URL('../../fixtures/databases', import.meta.url).pathname;
const schema = ({ main, log }: Databases) => [main, log].map((database) => database.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name', []));

describe('databases of every released version', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-old-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const version of readdirSync(fixtures)) {
    it(`opens ${version} with everything in it, and ends with the schema of a new one`, async () => {
      cpSync(join(fixtures, version), join(folder, 'old'), { recursive: true });
      const old = await openOn(nodeFs, { dbPath: join(folder, 'old', 'codexmanager.db'), env: oldDataKey });
      assert.deepEqual(old.opened.accounts, [storedAccount(1)]);
      // Until version 3 a key could not be bound to plans.
      assert.deepEqual(old.opened.keys, [version < 'v3' ? { ...platformKey(1), accountPlans: null } : platformKey(1)]);
      assert.equal(old.keys.readSecret(platformKey(1).id), 'planted-secret');
      assert.deepEqual(old.requests.list({ terms: [], limit: 10, beforeId: null, afterId: null }).map(({ id, error }) => [id, error]), [[2, 'reset'], [1, null]]);
      assert.equal(old.requests.summary(1_764_000_000 - 900, 1_764_000_000 + 900).inputTokens, 200);
      const [sum] = old.requests.statistics('model', [{ from: 1_764_000_000 - 2 * 86_400, to: 1_764_000_000 + 2 * 86_400 }]);
      assert.deepEqual([sum?.value, sum?.requests, sum?.errors], ['gpt-5.2', 2, 1]);
      assert.deepEqual(old.requests.list({ terms: [{ kind: 'column', column: 'account', value: 'account-1', exact: true, ids: [] }, { kind: 'attempts', least: 1, most: 1 }], limit: 10, beforeId: null, afterId: null }).length, 2);
      await makeOldDatabase(join(folder, 'new'));
      const fresh = await openOn(nodeFs, { dbPath: join(folder, 'new', 'codexmanager.db'), env: oldDataKey });
      // A released step that was changed shows here: databases that took it as it was would never get the change.
      assert.deepEqual(schema(old), schema(fresh));
      closeBoth(old);
      closeBoth(fresh);
    });
  }
});
