import { rmSync } from 'node:fs';
import { logTuple } from '../../../src/core/logTuple.ts';
import { nodeFs } from '../../../src/storage/storageFs.ts';
import { closeBoth, openOn, platformKey, requestRow, storedAccount } from '../../unit/storage/harness.ts';

export const oldDataKey = 'ab'.repeat(32);

/** Writes a pair of databases as this version makes them; run once per released schema: `node makeOldDatabase.ts FOLDER`, the folder named for the schema's version. */
export async function makeOldDatabase(folder: string): Promise<void> {
  const databases = await openOn(nodeFs, { dbPath: `${folder}/codexmanager.db`, env: oldDataKey });
  databases.main.transaction(() => {
    databases.accounts.save(storedAccount(1));
    databases.keys.create(platformKey(1), 'planted-secret');
  });
  databases.log.transaction(() => databases.requests.append([logTuple(requestRow()), logTuple(requestRow({ error: 'reset', statusCode: null }))]));
  for (const database of [databases.main, databases.log]) database.execute('VACUUM');
  closeBoth(databases);
}

if (import.meta.main && process.argv[2]) {
  rmSync(process.argv[2], { recursive: true, force: true });
  await makeOldDatabase(process.argv[2]);
}
