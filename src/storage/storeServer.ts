import type { MessagePort } from 'node:worker_threads';
import type { LogBatch, Store, StoreNotice } from '../core/store.ts';
import type { PrunedKind, RetentionLimits } from '../core/retention.ts';
import { AppError } from '../core/appError.ts';
import { loadFileBackedSql } from './fileBackedSql.ts';
import { openDatabases, type Databases } from './openDatabases.ts';
import { nodeFs } from './storageFs.ts';
import { OpenArguments, StoreCall } from './storeMessages.ts';

/** How long another program's deletion of a write-ahead log can go unseen while nothing is written. */
const linkCheckMs = 1_000;

/** Serves one pair of databases over a port: calls in the order they came, each answered by its result or its fault. */
export function serveStore(port: MessagePort): void {
  let databases: Databases | null = null;
  const notify = (notice: StoreNotice): void => port.postMessage({ notice });
  const run = async ({ method, args }: StoreCall): Promise<unknown> => {
    if (method === 'open') {
      databases = await open(args, notify);
      scheduleLinkChecks(databases);
      return databases.opened;
    }
    if (!databases) throw new AppError('internal', 'The databases are not open.');
    const perform = operations(databases)[method] as (...args: unknown[]) => unknown; // the client's own types made these arguments
    return perform(...args);
  };
  let last: Promise<void> = Promise.resolve();
  port.on('message', (raw: unknown) => {
    const call = StoreCall.parse(raw);
    last = last.then(() => answer(port, call, run));
  });
}

async function answer(port: MessagePort, call: StoreCall, run: (call: StoreCall) => Promise<unknown>): Promise<void> {
  try {
    port.postMessage({ id: call.id, ok: true, result: await run(call) });
  } catch (thrown) {
    const error = AppError.from(thrown);
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    port.postMessage({ id: call.id, ok: false, fault: { code: error.code, message: error.code === 'internal' ? error.message + cause : error.message } });
  }
}

async function open(args: readonly unknown[], onNotice: (notice: StoreNotice) => void): Promise<Databases> {
  const [options] = OpenArguments.parse(args);
  return openDatabases(options, { open: await loadFileBackedSql(options.wasmFile), fs: nodeFs, now: Date.now(), onNotice });
}

type Operations = { readonly [M in Exclude<keyof Store, 'appendLog'>]: (...args: Parameters<Store[M]>) => Awaited<ReturnType<Store[M]>> } & {
  /** The rows come as JSON: see storeClient. */
  readonly appendLog: (rows: string, trace: LogBatch['trace'], bindings: LogBatch['bindings']) => number[];
};

function operations({ main, log, accounts, keys, keyUsage, requests, bindings, trace, usage, settings }: Databases): Operations {
  const changingRequests = <T>(work: () => T): T => {
    try {
      return log.transaction(work);
    } catch (thrown) {
      requests.forget();
      throw thrown;
    }
  };
  const pruners: Readonly<Record<PrunedKind, (limits: RetentionLimits) => boolean>> = {
    requests: (limits) => requests.prune(limits),
    words: () => requests.pruneWords(),
    usageHours: ({ now }) => usage.prune(now),
    usageSnapshots: ({ usageSnapshots }) => usage.pruneSnapshots(usageSnapshots),
    bindings: () => bindings.prune(),
  };
  return {
    saveAccounts: (list) => main.transaction(() => list.forEach((one) => accounts.save(one))),
    updateAccounts: (list) => main.transaction(() => list.filter((account) => accounts.update(account)).length),
    deleteAccounts: (ids) => main.transaction(() => ids.filter((id) => accounts.delete(id)).length),
    saveTokens: (id, tokens) => main.transaction(() => accounts.saveTokens(id, tokens)),
    saveStates: (list) => main.transaction(() => list.forEach(({ id, state }) => accounts.saveState(id, state))),
    saveSetting: (name, value) => main.transaction(() => settings.set(name, value)),
    createKey: (key, secret) => main.transaction(() => keys.create(key, secret)),
    updateKey: (id, set) => main.transaction(() => keys.update(id, set)),
    replaceKeySecret: (id, hash, secret) => main.transaction(() => keys.replaceSecret(id, hash, secret)),
    countKeys: (batch) => main.transaction(() => keyUsage.apply(batch)),
    setKeyEnabled: (id, enabled) => main.transaction(() => keys.setEnabled(id, enabled)),
    setKeysUsed: (used) => main.transaction(() => used.forEach(({ id, lastUsedAt }) => keys.setLastUsed(id, lastUsedAt))),
    deleteKey: (id) => main.transaction(() => keys.delete(id)),
    readKeySecret: (id) => keys.readSecret(id),
    appendLog: (text, lines, seen) => {
      const rows = JSON.parse(text) as LogBatch['rows']; // written by storeClient
      trace.append(lines);
      if (rows.length === 0 && seen.length === 0) return [];
      return changingRequests(() => {
        for (const binding of seen) bindings.add(binding);
        return requests.append(rows);
      });
    },
    listRequests: (page) => requests.list(page),
    countRequests: (terms, most) => requests.count(terms, most),
    clearRequests: () => changingRequests(() => requests.clear()),
    summary: (from, to) => requests.summary(from, to),
    statistics: (by, steps) => requests.statistics(by, steps),
    appendUsage: (samples, retain) => log.transaction(() => usage.append(samples, retain)),
    recentUsage: (since) => usage.recent(since),
    usageHours: (options) => usage.hours(options),
    forgetUsage: (ids) => log.transaction(() => usage.forget(ids)),
    prune: (kind, limits) => changingRequests(() => pruners[kind](limits)),
    close: () => {
      trace.close();
      log.close();
      main.close();
    },
  };
}

/** A log that lost its name between two writes holds acknowledged rows: it must not have to wait for the next one. */
function scheduleLinkChecks({ main, log }: Databases): void {
  setInterval(() => {
    for (const database of [main, log]) {
      try {
        database.keepLinked();
      } catch {
        // The disk is full or gone: the next write meets the same and reports it, and this is tried again.
      }
    }
  }, linkCheckMs).unref();
}
