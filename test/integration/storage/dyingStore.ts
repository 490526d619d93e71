import { parentPort } from 'node:worker_threads';

/** A databases' worker that opens and dies at its next call. */
parentPort?.on('message', ({ id, method }: { id: number; method: string }) => {
  if (method !== 'open') process.exit(1);
  parentPort?.postMessage({ id, ok: true, result: { epoch: 1, newDataKey: null, accounts: [], keys: [], bindings: [] } });
});
