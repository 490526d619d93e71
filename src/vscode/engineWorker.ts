import { Worker } from 'node:worker_threads';
import type { RunningEngine } from '../cluster/seat.ts';
import { EngineToHost, type EngineReady, type EngineStart, type HostToEngine } from '../contract/host.ts';
import type { Log } from '../core/logger.ts';
import { AppError } from '../core/appError.ts';
import { fromFault } from '../rpc/fault.ts';

/** VS Code gives an ending extension five seconds. */
const stopMs = 4_000;

export interface EngineWorkerPorts {
  readonly engineFile: string;
  readonly log: Log;
  /** What the engine is told at its start; asked anew for each. */
  startMessage(): Promise<EngineStart>;
  /** Called with the first message of each engine. */
  onReady(ready: EngineReady): void;
}

/** Runs dist/engine.js in a worker thread of this extension host, so that neither can make the other wait. */
export class EngineWorker {
  readonly #ports: EngineWorkerPorts;
  #restart: (() => void) | null = null;

  constructor(ports: EngineWorkerPorts) {
    this.#ports = ports;
  }

  /** Ends the engine that runs, if any; whoever keeps the seat starts it again with the settings of then. */
  restart(): void {
    this.#restart?.();
  }

  /** Rejects with the engine's own AppError; no worker is left then. */
  readonly start = async (): Promise<RunningEngine> => {
    const worker = new Worker(this.#ports.engineFile, { name: 'codexmanager-engine' });
    const send = (message: HostToEngine): void => worker.postMessage(message);
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    try {
      const ready = this.#listen(worker);
      send(await this.#ports.startMessage());
      const { rpcUrl, token, epoch } = await ready;
      const { promise: restarting, resolve } = Promise.withResolvers<'restart'>();
      this.#restart = () => resolve('restart');
      return { rpcUrl, token, epoch, ended: Promise.race([restarting, exited.then(() => 'died' as const)]), stop: () => stop(worker, send, exited) };
    } catch (thrown) {
      await worker.terminate();
      throw thrown;
    }
  };

  #listen(worker: Worker): Promise<EngineReady> {
    const { log, onReady } = this.#ports;
    return new Promise((resolve, reject) => {
      worker.on('message', (raw: unknown) => {
        const message = EngineToHost.parse(raw);
        if (message.type === 'log') log(message.level, message.message);
        else if (message.type === 'failed') reject(fromFault(message.fault));
        else if (message.type === 'ready') {
          onReady(message);
          resolve(message);
        }
      });
      worker.on('error', (error) => {
        log('error', `CodexManager's engine crashed: ${error.stack ?? error.message}`);
        reject(new AppError('internal', 'CodexManager\'s engine crashed. See the log.', { cause: error }));
      });
      worker.once('exit', () => reject(new AppError('internal', 'CodexManager\'s engine ended before it was ready. See the log.')));
    });
  }
}

/** An engine that does not end in time is ended: everything acknowledged is on disk. */
async function stop(worker: Worker, send: (message: HostToEngine) => void, exited: Promise<void>): Promise<void> {
  send({ type: 'stop' });
  const timer = setTimeout(() => void worker.terminate(), stopMs);
  await exited;
  clearTimeout(timer);
}
