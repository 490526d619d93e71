import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { logTuple } from '../../../src/core/logTuple.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import { requestRow, storedAccount, wasmFile } from '../../unit/storage/harness.ts';

/** Writes ten accounts and ten requests for every line it reads, says how many are acknowledged, and repeats every notice. */
const { store } = await openStore({
  dbPath: process.argv[2] ?? '', envDataKey: null, secretDataKey: null, wasmFile, storeFile: new URL('../../../src/store.ts', import.meta.url).pathname,
  onNotice: ({ kind }) => void writeSync(1, `notice ${kind}\n`),
});
let written = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'go') break;
  for (let left = 10; left > 0; left--) {
    await store.saveAccounts([storedAccount(written + 1)]);
    await store.appendLog({ rows: [logTuple(requestRow({ createdAt: Math.floor(Date.now() / 1000) }))], trace: new Uint8Array(), bindings: [] });
    written += 1;
  }
  writeSync(1, `written ${written}\n`);
}
