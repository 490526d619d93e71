import { writeSync } from 'node:fs';
import { startCare } from '../../lab/tokenCareUnderTest.ts';

/** Renews what is due until it is killed; stands still, and says so, around the write that `stopAt` names. */
const [, , dbPath = '', issuer = '', codexHome = '', stopAt = ''] = process.argv;
await startCare({
  dbPath, issuer, codexHome,
  onSave: (when) => {
    if (when !== stopAt) return Promise.resolve();
    writeSync(1, `${when}\n`);
    return new Promise(() => undefined);
  },
});
// The job's naps do not keep a process alive that has no listener.
setInterval(() => undefined, 60_000);
