import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogExport } from '../../../../src/contract/logExport.ts';
import type { RequestPage } from '../../../../src/core/store.ts';
import { AppError } from '../../../../src/core/appError.ts';
import { systemClock } from '../../../../src/core/systemClock.ts';
import { LogExports } from '../../../../src/service/exports/logExports.ts';
import { requestRow } from '../../storage/harness.ts';

describe('LogExports', () => {
  let folder: string;
  let pages: RequestPage[];
  let onPage: (page: number) => Promise<void>;
  let exports: LogExports;
  const count = 250;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-export-'));
    [pages, onPage] = [[], () => Promise.resolve()];
    exports = new LogExports({
      clock: systemClock,
      names: () => ({ account: () => undefined, key: () => undefined }),
      store: {
        countRequests: () => Promise.resolve(count),
        listRequests: async (page) => {
          pages.push(page);
          await onPage(pages.length);
          const newest = (page.beforeId ?? count + 1) - 1;
          return Array.from({ length: Math.min(page.limit, newest) }, (_, i) => ({ id: newest - i, ...requestRow({ error: '=danger' }) }));
        },
      },
    });
  });
  afterEach(async () => {
    await exports.dispose();
    rmSync(folder, { recursive: true });
  });

  const path = (name = 'out.csv') => join(folder, name);
  async function end({ exportId }: LogExport): Promise<LogExport> {
    for (let status = await exports.status(exportId, undefined, 0); ; status = await exports.status(exportId, status.revision, 1_000)) if (status.state !== 'running') return status;
  }

  it('writes all pages, newest first, for the owner only, in the place of an older file', async () => {
    writeFileSync(path(), 'old', { mode: 0o644 });
    const done = await end(exports.start({ terms: [], format: 'csv', path: path() }));
    const text = readFileSync(path(), 'utf8');
    const lines = text.split('\r\n');
    assert.deepEqual([done.state, done.total, done.written, lines.length, lines[1]?.split(',')[0], lines[250]?.split(',')[0], lines[251]], ['done', count, count, count + 2, '250', '1', '']);
    assert.deepEqual([statSync(path()).mode & 0o777, readdirSync(folder), pages.every(({ limit }) => limit <= 100)], [0o600, ['out.csv'], true]);
    assert.ok(text.includes(',\'=danger,'));
    const lists = await end(exports.start({ terms: [], format: 'jsonl', path: path('out.jsonl') }));
    const items = readFileSync(path('out.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { id: number; error: string });
    assert.deepEqual([lists.bytes, items.length, items[0]], [statSync(path('out.jsonl')).size, count, { id: count, ...requestRow({ error: '=danger' }) }]);
  });

  it('leaves nothing behind, and an older file as it was, when it is cancelled or fails', async () => {
    writeFileSync(path(), 'old');
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    onPage = async (page) => {
      if (page === 2) reached.resolve();
      if (page === 2) await release.promise;
    };
    const { exportId } = exports.start({ terms: [], format: 'csv', path: path() });
    await reached.promise;
    assert.equal((await exports.status(exportId, undefined, 0)).written, 100);
    const cancelled = exports.cancel(exportId);
    release.resolve();
    assert.equal((await cancelled).state, 'cancelled');
    onPage = () => Promise.reject(new AppError('databaseUnusable', 'The disk is gone.'));
    const failed = await end(exports.start({ terms: [], format: 'csv', path: path() }));
    assert.deepEqual([failed.state, failed.message, readdirSync(folder), readFileSync(path(), 'utf8')], ['failed', 'The disk is gone.', ['out.csv'], 'old']);
  });

  it('says what is in the way', async () => {
    assert.throws(() => exports.start({ terms: [], format: 'csv', path: 'out.csv' }), { code: 'badRequest', message: /absolute/ });
    assert.match((await end(exports.start({ terms: [], format: 'csv', path: join(folder, 'none', 'x.csv') }))).message ?? '', /folder .*none does not exist/);
    await assert.rejects(exports.status('export_0', undefined, 0), { code: 'notFound' });
  });

  it('removes what a crash left of the same file, and nothing else', async () => {
    const old = new Date(Date.now() - 7_200_000);
    const [left, fresh, other] = ['.out.csv.0123456789ab.tmp', '.out.csv.0123456789ac.tmp', '.other.csv.0123456789ab.tmp'].map(path) as [string, string, string];
    for (const file of [left, fresh, other]) writeFileSync(file, 'half');
    for (const file of [left, other]) utimesSync(file, old, old);
    await exports.whole({ terms: [], format: 'csv', path: path() });
    assert.deepEqual(readdirSync(folder).sort(), ['.other.csv.0123456789ab.tmp', '.out.csv.0123456789ac.tmp', 'out.csv']);
    await assert.rejects(exports.whole({ terms: [], format: 'csv', path: join(folder, 'none', 'x.csv') }), { code: 'notFound' });
  });

  it('runs a few at a time, and ends them with the engine', async () => {
    const held = Promise.withResolvers<void>();
    onPage = () => held.promise;
    for (let i = 0; i < 4; i += 1) exports.start({ terms: [], format: 'csv', path: path(`${i}.csv`) });
    assert.throws(() => exports.start({ terms: [], format: 'csv', path: path('5.csv') }), { code: 'conflict' });
    const disposed = exports.dispose();
    held.resolve();
    await disposed;
    assert.deepEqual(readdirSync(folder), []);
  });
});
