import type { RunningEngine } from '../cluster/seat.ts';
import type { EngineReady } from '../contract/host.ts';
import { AppError } from '../core/appError.ts';

/** What starting the service gives; the entry passes the composition root in. */
export interface StartedService {
  readonly ready: EngineReady;
  /** Resolves when the service can no longer work. */
  readonly failed: Promise<void>;
  stop(): Promise<void>;
}

/** The engine in the headless process itself. A gateway port that another program keeps ends it: without a gateway there is nothing to serve. */
export function engineInProcess(startService: () => Promise<StartedService>): { start(): Promise<RunningEngine>; describe(): string } {
  let addresses: readonly string[] = [];
  return {
    describe: () => `gateway at ${addresses.join(' and ')}`,
    start: async () => {
      const { ready, failed, stop } = await startService();
      if (ready.gateway.state === 'portBusy') {
        await stop();
        throw new AppError('portBusy', ready.gateway.message ?? 'The gateway\'s port is used by another program.');
      }
      addresses = ready.gateway.addresses;
      return { rpcUrl: ready.rpcUrl, token: ready.token, epoch: ready.epoch, ended: failed.then(() => 'died' as const), stop };
    },
  };
}
