import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import type { Scope } from '../core/scope.ts';
import type { Store } from '../core/store.ts';
import { AppError } from '../core/appError.ts';
import { PacedLoop } from '../jobs/pacedLoop.ts';
import { enforceRetention } from '../jobs/retention.ts';
import type { LiveSettings } from './liveSettings.ts';

export interface KeepRetentionDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<Store, 'prune'>;
  readonly settings: LiveSettings;
  /** Of each account; 0 = all. */
  readonly usageSnapshots: number;
}

const hourMs = 3_600_000;

/** What is too old or too many goes: at the start, every hour, and when a person changes how much is kept. */
export function keepRetention({ clock, log, store, settings, usageSnapshots }: KeepRetentionDeps, scope: Scope): void {
  const limits = () => ({ requestDays: settings.current.logRetentionDays, requestRows: settings.current.logRetentionRows, usageSnapshots });
  const onFailed = (thrown: unknown): void => log('warn', `Old requests and figures could not be removed from the databases: ${AppError.from(thrown).message} It is tried again in an hour.`);
  const loop = scope.own(new PacedLoop({ clock, pace: { intervalMs: hourMs, jitterMs: 0, backoffMaxMs: hourMs }, run: (signal) => enforceRetention({ clock, store, limits, onFailed }, signal) }));
  let last = JSON.stringify(limits());
  scope.own(settings.onChange(() => {
    if (JSON.stringify(limits()) === last) return;
    last = JSON.stringify(limits());
    loop.wake();
  }));
}
