/** What the job of retention removes from, one after the other. */
export const prunedKinds = ['requests', 'words', 'usageHours', 'usageSnapshots', 'bindings'] as const;
export type PrunedKind = (typeof prunedKinds)[number];

/** Rows that one step removes at most: it takes a few milliseconds of the databases' thread. */
export const pruneStep = 500;

export interface RetentionLimits {
  /** Unix seconds. */
  readonly now: number;
  /** Requests are kept for so many days, and so many of them; 0 = without a limit. */
  readonly requestDays: number;
  readonly requestRows: number;
  /** Snapshots of an account; 0 = all. */
  readonly usageSnapshots: number;
}
