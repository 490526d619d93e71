import { parentPort } from 'node:worker_threads';
import { serveStore } from './storage/storeServer.ts';

/** The databases' worker. */
if (!parentPort) throw new Error('store.js runs as a worker of the engine.');
serveStore(parentPort);
