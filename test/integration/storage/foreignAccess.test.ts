import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFs } from '../../../src/storage/storageFs.ts';
import { closeBoth, openOn } from '../../unit/storage/harness.ts';

const writer = new URL('foreignWriter.ts', import.meta.url).pathname;
/** Programs that open a database and close it again; those that this machine has not are passed over. */
const programs = new Map<string, (path: string) => [string, ...string[]]>([
  ['node:sqlite', (path) => [process.execPath, '-e', `const d = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)}); d.prepare('SELECT count(*) FROM sqlite_schema').get(); d.close()`]],
  ['sqlite3', (path) => ['sqlite3', path, 'SELECT 1']],
  ["Python's sqlite3", (path) => ['python3', '-c', `import sqlite3; d = sqlite3.connect(${JSON.stringify(path)}); d.execute('SELECT count(*) FROM sqlite_schema').fetchall(); d.close()`]],
]);

class Writer {
  readonly #child: ChildProcess;
  #said = '';

  constructor(dbPath: string) {
    this.#child = spawn(process.execPath, [writer, dbPath], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout?.on('data', (text: Buffer) => {
      this.#said += text.toString();
      this.#child.emit('said');
    });
  }

  write(): void {
    this.#child.stdin?.write('go\n');
  }

  async says(text: string): Promise<void> {
    while (!this.#said.includes(`${text}\n`)) await once(this.#child, 'said');
  }

  async kill(): Promise<void> {
    if (this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

/** What is there after a crash. */
async function found(dbPath: string): Promise<{ readonly accounts: number; readonly requests: number }> {
  const databases = await openOn(nodeFs, { dbPath });
  const counts = { accounts: databases.opened.accounts.length, requests: Number(databases.log.value('SELECT count(*) FROM requests', [])) };
  closeBoth(databases);
  return counts;
}

describe('another program opens the live databases', function () {
  this.timeout(30_000);
  let folder: string;
  let dbPath: string;
  let running: Writer;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-foreign-'));
    dbPath = join(folder, 'codexmanager.db');
    running = new Writer(dbPath);
  });
  afterEach(async () => {
    await running.kill();
    rmSync(folder, { recursive: true });
  });

  function disturb(command: (path: string) => [string, ...string[]]): boolean {
    return [dbPath, join(folder, 'codexmanager-logs.db')].every((path) => {
      const [program, ...args] = command(path);
      return spawnSync(program, args).status === 0 && !existsSync(`${path}-wal`);
    });
  }

  for (const [name, command] of programs) {
    it(`${name} removes the write-ahead logs: a notice, and every row is there after kill -9`, async () => {
      running.write();
      await running.says('written 10');
      const disturbed = disturb(command);
      if (name === 'node:sqlite') assert.ok(disturbed, 'this program no longer removes the log: the test proves nothing');
      running.write();
      await running.says('written 20');
      if (disturbed) await running.says('notice foreignAccess');
      await running.kill();
      assert.deepEqual(await found(dbPath), { accounts: 20, requests: 20 });
    });
  }

  it('is noticed within moments when nothing is written any more', async () => {
    running.write();
    await running.says('written 10');
    assert.ok(disturb(programs.get('node:sqlite') ?? (() => ['false'])));
    await running.says('notice foreignAccess\nnotice foreignAccess');
    await running.kill();
    assert.deepEqual(await found(dbPath), { accounts: 10, requests: 10 });
  });
});
