import { writeSync } from 'node:fs';
import { logTuple } from '../../../src/core/logTuple.ts';
import { nodeFs } from '../../../src/storage/storageFs.ts';
import { openOn, requestRow, storedAccount } from '../../unit/storage/harness.ts';

/** Writes bursts of rows into both databases until it is killed, and says a number when all up to it is acknowledged. */
const databases = await openOn(nodeFs, { dbPath: process.argv[2] ?? '' });
// Often, so that kills fall into checkpoints too.
for (const database of [databases.main, databases.log]) database.all('PRAGMA wal_autocheckpoint=50', []);
// The last account is written again: its requests may be missing.
for (let number = Math.max(1, databases.opened.accounts.length); ; number++) {
  const { account, tokens, state } = storedAccount(number);
  databases.main.transaction(() => databases.accounts.save({ account, tokens, state }));
  databases.log.transaction(() => databases.requests.append([1, 2, 3].map((part) => logTuple(requestRow({ traceId: `${number}.${part}` })))));
  writeSync(1, `${number}\n`);
  for (let again = 1; again <= 5; again++) databases.main.transaction(() => databases.accounts.saveState(account.id, { ...state, coolUntil: again }));
}
