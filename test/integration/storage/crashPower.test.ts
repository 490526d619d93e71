import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { logTuple } from '../../../src/core/logTuple.ts';
import { closeBoth, dbPath, openOn, openPlain, requestRow, seeded, storedAccount } from '../../unit/storage/harness.ts';
import { MemoryDisk } from '../../unit/storage/memoryDisk.ts';

interface Outcome { readonly rows: number; readonly lost: number; readonly corrupt: boolean }

/** Writes until the power goes at a random moment, starts again on what is left, and compares that with what was acknowledged. */
async function cutOnce(seed: number, synchronous: 'FULL' | 'OFF'): Promise<Outcome> {
  const random = seeded(seed);
  const disk = new MemoryDisk();
  disk.cutAt = 20 + Math.floor(random() * 600);
  let acknowledged = 0;
  try {
    const database = await openPlain(disk, { synchronous });
    try {
      // Often, so that many cuts fall into a checkpoint.
      database.all('PRAGMA wal_autocheckpoint=15', []);
      database.transaction(() => database.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT, other TEXT); CREATE INDEX t_other ON t (other)'));
      // The control must not fail by names alone.
      disk.syncFolder('/data');
      for (let id = 1; id < 10_000; id++) {
        database.transaction(() => database.change('INSERT INTO t VALUES (?, ?, ?)', [id, 'b'.repeat(Math.floor(random() * 3_000)), String(random())]));
        acknowledged = id;
      }
    } finally {
      database.abandon();
    }
  } catch {
    // The power went.
  }
  return { rows: acknowledged, ...await afterCut(disk.powerCut(random), acknowledged) };
}

async function afterCut(disk: MemoryDisk, acknowledged: number): Promise<{ readonly lost: number; readonly corrupt: boolean }> {
  try {
    const database = await openPlain(disk);
    try {
      if (database.value('PRAGMA integrity_check', []) !== 'ok') return { lost: 0, corrupt: true };
      const exists = database.value("SELECT 1 FROM sqlite_schema WHERE name = 't'", []) === 1;
      const found = exists ? Number(database.value('SELECT count(*) FROM t WHERE id <= ?', [acknowledged])) : 0;
      return { lost: acknowledged - found, corrupt: false };
    } finally {
      database.close();
    }
  } catch {
    return { lost: 0, corrupt: true };
  }
}

async function outcomes(runs: number, firstSeed: number, synchronous: 'FULL' | 'OFF'): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for (let run = 0; run < runs; run++) found.push(await cutOnce(firstSeed + run, synchronous));
  return found;
}

const bad = (list: readonly Outcome[]) => list.filter(({ lost, corrupt }) => lost > 0 || corrupt).length;

/** What another SQLite says about the files of a disk. */
function secondOpinion(disk: MemoryDisk): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-power-'));
  try {
    const verdicts: Record<string, unknown> = {};
    for (const [path, bytes] of disk.files()) {
      if (!path.endsWith('.db')) continue;
      writeFileSync(join(folder, basename(path)), bytes);
      const other = new DatabaseSync(join(folder, basename(path)));
      verdicts[basename(path)] = other.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
      other.close();
    }
    return verdicts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a power cut', function () {
  this.timeout(240_000);
  const firstSeed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));

  it('costs no acknowledged row and no database in 400 runs; without syncing the same cuts do', async () => {
    const full = await outcomes(400, firstSeed, 'FULL');
    const rows = full.reduce((sum, outcome) => sum + outcome.rows, 0);
    const off = await outcomes(60, firstSeed, 'OFF');
    console.log(`      seeds from ${firstSeed}: ${rows} rows acknowledged in 400 runs, ${bad(full)} runs with damage; control with synchronous=OFF: ${bad(off)} of 60`);
    assert.equal(bad(full), 0);
    assert.ok(bad(off) >= 10, 'the simulation does not bite');
    assert.ok(rows > 8_000, 'too little was written to prove anything');
  });

  it('at any moment of the first start and after it costs no account, no key and no token in 100 runs', async () => {
    for (let run = 0; run < 100; run++) await cutBoth(firstSeed + 1_000 + run);
  });
});

/** The same with the real tables, the data key's file included. The first cut often falls into the making of the files. */
async function cutBoth(seed: number): Promise<void> {
  const random = seeded(seed);
  let disk = new MemoryDisk();
  let acknowledged = 0;
  let epoch = 0;
  for (let cut = 0; cut < 3; cut++) {
    disk.cutAt = 10 + Math.floor(random() * (cut === 0 ? 150 : 800));
    try {
      const databases = await openOn(disk);
      epoch = databases.opened.epoch;
      assert.ok(databases.opened.accounts.length >= acknowledged, `seed ${seed}: accounts lost`);
      try {
        for (let number = acknowledged + 1; ; number++) {
          databases.main.transaction(() => databases.accounts.save(storedAccount(number)));
          acknowledged = number;
          databases.log.transaction(() => databases.requests.append([logTuple(requestRow({ traceId: `trace-${number}` }))]));
        }
      } finally {
        databases.log.abandon();
        databases.main.abandon();
      }
    } catch (thrown) {
      if (thrown instanceof assert.AssertionError) throw thrown;
    }
    disk = disk.powerCut(random);
  }
  const databases = await openOn(disk);
  assert.ok(databases.opened.epoch > epoch, `seed ${seed}: an epoch was given twice`);
  for (let number = 1; number <= acknowledged; number++) {
    const found = databases.opened.accounts.find(({ account }) => account.id === `account-${number}`);
    assert.deepEqual(found, storedAccount(number), `seed ${seed}`);
  }
  closeBoth(databases);
  assert.deepEqual(secondOpinion(disk), { 'codexmanager.db': 'ok', 'codexmanager-logs.db': 'ok' }, `seed ${seed}, ${dbPath}`);
}
