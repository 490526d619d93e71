import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logTuple } from '../../src/core/logTuple.ts';
import { parseQuery } from '../../src/core/logQuery/parseQuery.ts';
import type { QueryTerm } from '../../src/core/logQuery/queryTerm.ts';
import type { RequestPage } from '../../src/core/store.ts';
import { LogExports } from '../../src/service/exports/logExports.ts';
import { systemClock } from '../../src/core/systemClock.ts';
import { timeSteps } from '../../src/core/timeSteps.ts';
import type { Databases } from '../../src/storage/openDatabases.ts';
import { nodeFs } from '../../src/storage/storageFs.ts';
import { closeBoth, openOn } from '../unit/storage/harness.ts';
import { median } from './figures.ts';
import { logRows } from './logRows.ts';
import { Report } from './report.ts';

const count = 200_000;
const batch = 100;
const rounds = 7;
/** A page of each; the worst are those that look at every row and find next to nothing. */
const queries = [
  '', 'status:5xx', 'status:418', 'model:gpt-6-astra', 'model:nothing', 'account:65f0c0ffee7', 'key:=gk_000000000003 status:429', 'error:reset', 'error:nowhere',
  'zzz not there', 'reset', '0.4711', 'after:2h', 'after:2h error:nowhere', 'before:29d', 'min:240000', 'min:99999999', 'attempts:>1', 'attempts:>5', 'client:curl effort:xhigh', 'model:luna after:7d min:1000 max:2000',
];

const questions = [['none', 'day'], ['none', 'hour'], ['model', 'day'], ['account', 'day'], ['account', 'week'], ['account', 'month'], ['status', 'hour'], ['model', 'hour'], ['key', 'hour']] as const;

/** In ms. `cpu` is what this process worked: what other processes of a busy machine take is not in it. */
interface Times { readonly cpu: number; readonly p50: number; readonly max: number }

function timesOf(act: () => unknown): Times {
  const cpu: number[] = [];
  const times = Array.from({ length: rounds }, () => {
    const [startedAt, before] = [performance.now(), process.cpuUsage()];
    act();
    const used = process.cpuUsage(before);
    cpu.push((used.user + used.system) / 1_000);
    return performance.now() - startedAt;
  });
  return { cpu: median(cpu), p50: median(times), max: Math.max(...times) };
}

/** A request log of 200,000 varied rows on a real file, asked on the thread it lives on. */
export async function measureLog(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-bench-log-'));
  const databases = await openOn(nodeFs, { dbPath: join(folder, 'codexmanager.db') });
  try {
    const now = Math.floor(Date.now() / 1000);
    const perRow = fill(databases, now);
    report.add({ name: 'request log: a row stored, in batches of 100', value: perRow, unit: 'µs', digits: 1, budget: null, note: `${count.toLocaleString('en')} rows` });
    const pages = queries.map((query) => ({ query, ...timesOf(() => databases.requests.list({ terms: parseQuery(query, now * 1000), limit: 200, beforeId: null, afterId: null })) }));
    addWorst(report, 'a page of 200', pages, 50);
    const counts = queries.map((query) => ({ query, ...timesOf(() => databases.requests.count(parseQuery(query, now * 1000), 10_000)) }));
    addWorst(report, 'matches counted up to 10,000', counts, 50);
    const statistics = questions.map(([by, step]) => {
      const steps = timeSteps(now - 30 * 86_400, now, step, 1_000) ?? [];
      return { query: `by ${by}, each ${step}`, ...timesOf(() => databases.requests.statistics(by, steps)) };
    });
    addWorst(report, 'sums of 30 days', statistics, 20);
    await measureExport(report, databases, join(folder, 'out.csv'));
    const step = timesOf(() => databases.log.transaction(() => databases.requests.prune({ now, requestDays: 0, requestRows: count / 2 })));
    addWorst(report, 'a step of retention', [{ query: '500 rows', ...step }], 50);
    report.details['request log'] = { perRow, pages, counts, statistics, step };
  } finally {
    closeBoth(databases);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole log as CSV: what stays in memory meanwhile must not grow with it. */
async function measureExport(report: Report, { requests }: Databases, path: string): Promise<void> {
  const store = { listRequests: (page: RequestPage) => Promise.resolve(requests.list(page)), countRequests: (terms: readonly QueryTerm[], most: number) => Promise.resolve(requests.count(terms, most)) };
  const exports = new LogExports({ clock: systemClock, store, names: () => ({ account: () => undefined, key: () => undefined }) });
  const [before, startedAt] = [process.memoryUsage().rss, performance.now()];
  let [early, most, status] = [before, before, exports.start({ terms: [], format: 'csv', path })];
  while (status.state === 'running') {
    status = await exports.status(status.exportId, status.revision, 1_000);
    const now = process.memoryUsage().rss;
    // Until a tenth is written the compiler and the collector find their size.
    if (status.written < count / 10) early = Math.max(early, now);
    most = Math.max(most, now);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const note = `${status.written.toLocaleString('en')} rows, ${(statSync(path).size / 1_048_576).toFixed(0)} MB in ${seconds.toFixed(1)} s; ${status.state}; ${((early - before) / 1_048_576).toFixed(0)} MB in its first tenth`;
  report.add({ name: 'request log: memory grown by an export after its first tenth', value: (most - early) / 1_048_576, unit: 'MB', digits: 0, budget: { atMost: 32 }, note });
}

/** µs of the store's thread for each row. */
function fill({ log, requests }: Databases, now: number): number {
  let spent = 0;
  let rows: Parameters<typeof logTuple>[0][] = [];
  for (const row of logRows(count, now)) {
    rows.push(row);
    if (rows.length < batch) continue;
    const tuples = rows.map(logTuple);
    const startedAt = performance.now();
    log.transaction(() => requests.append(tuples));
    spent += performance.now() - startedAt;
    rows = [];
  }
  return spent * 1_000 / count;
}

function addWorst(report: Report, name: string, all: readonly ({ readonly query: string } & Times)[], atMost: number): void {
  const told = ({ query, cpu, p50, max }: (typeof all)[number]): string => `'${query}' ${cpu.toFixed(1)} ms of CPU; by the clock p50 ${p50.toFixed(1)}, at most ${max.toFixed(1)}`;
  for (const one of all) console.log(`    ${name}: ${told(one)}`);
  const worst = all.toSorted((a, b) => b.cpu - a.cpu)[0];
  if (worst) report.add({ name: `request log: ${name}, the slowest of ${all.length}`, value: worst.cpu, unit: 'ms', digits: 1, budget: { atMost }, note: told(worst) });
}

if (import.meta.main) await measureLog(new Report());
