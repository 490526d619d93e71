import type { EngineStart } from '../contract/host.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';

/** All that a host gives the engine. */
export interface ServicePorts {
  readonly start: EngineStart;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}
