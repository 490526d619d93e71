import * as z from 'zod/mini';
import { AccountId, AccountWindow } from './account.ts';

const count = z.nullable(z.number());

/**
 * An account's usage as the original words it: its shortest window first, the next longer one second, whatever their places in the provider's answer;
 * `windows` (ours) are all of them. Percentages used, times in Unix seconds.
 */
export const UsageSnapshot = z.object({
  accountId: AccountId,
  availabilityStatus: z.enum(['available', 'primary_window_available_only', 'unavailable', 'unknown']),
  usedPercent: count,
  windowMinutes: count,
  resetsAt: count,
  secondaryUsedPercent: count,
  secondaryWindowMinutes: count,
  secondaryResetsAt: count,
  creditsJson: z.nullable(z.string()),
  capturedAt: z.number(),
  windows: z.array(AccountWindow),
});
export type UsageSnapshot = z.infer<typeof UsageSnapshot>;

/** An account whose usage could not be read, and why. */
export const UsageFailure = z.object({ accountId: AccountId, label: z.string(), reason: z.string() });
export type UsageFailure = z.infer<typeof UsageFailure>;

/** A refresh of many accounts. `revision` grows with every change; `last` is the label of the account that was dealt with last. */
export const UsageRefresh = z.object({
  refreshId: z.string(),
  revision: z.number(),
  state: z.enum(['running', 'done', 'cancelled']),
  total: z.number(),
  done: z.number(),
  failed: z.number(),
  last: z.nullable(z.string()),
  /** The first failures; all are counted. */
  failures: z.array(UsageFailure),
});
export type UsageRefresh = z.infer<typeof UsageRefresh>;

/** One window in one hour (`at`, Unix s): used percent at its first and last word, and the most. */
export const UsageHour = z.object({ accountId: AccountId, window: z.string(), minutes: count, at: z.number(), first: z.number(), last: z.number(), most: z.number() });
export type UsageHour = z.infer<typeof UsageHour>;

/** What accounts of a kind of window still hold together: `left` in full windows (1.5 = one and a half), over `accounts` that can work or come back. */
export const PoolWindows = z.object({ left: z.number(), accounts: z.number() });
export type PoolWindows = z.infer<typeof PoolWindows>;

/** What the pool can still do, and who is asked next. Times in Unix seconds. */
export const PoolUsage = z.object({
  ready: z.number(),
  total: z.number(),
  needAction: z.number(),
  /** Windows of up to a day (the 5-hour one), now. */
  short: PoolWindows,
  /** Windows of more than a day (the weekly one). */
  long: PoolWindows,
  /** What the weekly windows hold, in full 5-hour windows, by what one cost lately; null while nobody knows. */
  longInShort: count,
  next: z.nullable(z.object({ accountId: AccountId, label: z.string(), reason: z.string() })),
  /** The first accounts before it in the order, and why they are passed over. */
  passedOver: z.array(z.object({ accountId: AccountId, label: z.string(), reason: z.string(), until: count })),
});
export type PoolUsage = z.infer<typeof PoolUsage>;

/** A reset of a spent window that a person may redeem. */
export const ResetCredit = z.object({ id: z.string(), status: z.string(), type: z.nullable(z.string()), expiresAt: count });
export type ResetCredit = z.infer<typeof ResetCredit>;
export const ResetOutcome = z.enum(['reset', 'nothingToReset', 'noCredit', 'alreadyRedeemed']);
export type ResetOutcome = z.infer<typeof ResetOutcome>;
