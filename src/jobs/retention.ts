import type { Clock } from '../core/clock.ts';
import { prunedKinds, type RetentionLimits } from '../core/retention.ts';
import type { Store } from '../core/store.ts';

export interface RetentionDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'prune'>;
  readonly limits: () => Omit<RetentionLimits, 'now'>;
  /** Once for every run that failed. */
  readonly onFailed: (thrown: unknown) => void;
}

/** Between two steps, so that what requests have to store can pass. */
const gapMs = 20;

/** One run: everything that is too old or too many goes, in small steps. Limits that change meanwhile count at once. False when it could not be finished. */
export async function enforceRetention({ clock, store, limits, onFailed }: RetentionDeps, signal: AbortSignal): Promise<boolean> {
  try {
    for (const kind of prunedKinds) {
      while (!signal.aborted && (await store.prune(kind, { now: Math.floor(clock.now() / 1000), ...limits() }))) await clock.sleep(gapMs, signal);
    }
    return true;
  } catch (thrown) {
    if (!signal.aborted) onFailed(thrown);
    return signal.aborted;
  }
}
