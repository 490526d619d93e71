import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { nodeFs } from '../../../src/storage/storageFs.ts';
import { closeBoth, openOn, seeded } from '../../unit/storage/harness.ts';

const kills = 200;
const killsPerFolder = 20;
const writer = new URL('crashWriter.ts', import.meta.url).pathname;

interface Death { readonly acknowledged: number; readonly hot: boolean }

/** Starts the writer, lets it acknowledge some rows, and kills it at a moment between or inside two writes. */
async function killOnce(dbPath: string, random: () => number): Promise<Death> {
  const child = spawn(process.execPath, [writer, dbPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const target = 1 + Math.floor(random() * 60);
  let said = '';
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    lines += text.split('\n').length - 1;
    if (lines >= target && !child.killed) killSoon();
  });
  const killSoon = () => {
    const at = performance.now() + random();
    while (performance.now() < at);
    child.kill('SIGKILL');
  };
  await once(child, 'close');
  const acknowledged = Number(said.trim().split('\n').at(-1));
  assert.equal(child.signalCode, 'SIGKILL', 'the writer ended by itself');
  return { acknowledged, hot: statSync(`${dbPath}-wal`).size > 32 };
}

async function verify(dbPath: string, acknowledged: number): Promise<void> {
  const databases = await openOn(nodeFs, { dbPath });
  const { accounts } = databases.opened;
  assert.ok(accounts.length >= acknowledged, `${accounts.length} accounts after ${acknowledged} were acknowledged`);
  assert.ok(accounts.every(({ account, tokens }) => tokens.refreshToken === `planted-refresh-token-${account.sort}`));
  const traces = Number(databases.log.value('SELECT count(*) FROM requests WHERE CAST(trace_id AS INTEGER) <= ?', [acknowledged]));
  // A row of the log may be written twice: the writer goes on from the accounts, which are written first.
  assert.ok(traces >= acknowledged * 3, `${traces} requests after ${acknowledged * 3} were acknowledged`);
  closeBoth(databases);
  for (const path of [dbPath, dbPath.replace('.db', '-logs.db')]) {
    const other = new DatabaseSync(path, { readOnly: true });
    assert.equal(other.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
    other.close();
  }
}

describe('kill -9 while writing', function () {
  this.timeout(480_000);

  it(`loses no acknowledged row and no database in ${kills} kills`, async () => {
    const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
    const random = seeded(seed);
    let hot = 0;
    let rows = 0;
    for (let folders = 0; folders < kills / killsPerFolder; folders++) {
      const folder = mkdtempSync(join(tmpdir(), 'codexmanager-kill-'));
      try {
        for (let kill = 0; kill < killsPerFolder; kill++) {
          const dbPath = join(folder, 'codexmanager.db');
          const death = await killOnce(dbPath, random);
          await verify(dbPath, death.acknowledged);
          if (death.hot) hot += 1;
          if (kill === killsPerFolder - 1) rows += death.acknowledged;
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    console.log(`      seed ${seed}: ${kills} kills, ${hot} left a hot write-ahead log, ${rows} accounts acknowledged, none lost`);
    assert.ok(hot >= kills * 0.75, 'too few kills fell into writing');
  });
});
