import type { Account, AccountWindow } from '../contract/account.ts';
import type { UsageSnapshot } from '../contract/usage.ts';

/** An account's usage as the original tells it; null when nothing was heard yet. `now` in Unix ms. */
export function usageSnapshot({ id, windows, credits, usageAt }: Account, now: number): UsageSnapshot | null {
  if (usageAt === null) return null;
  const [primary, secondary] = windows.filter(({ scope }) => scope === 'account');
  return {
    accountId: id,
    availabilityStatus: availabilityStatus(primary, secondary, now),
    usedPercent: primary?.usedPercent ?? null, windowMinutes: primary?.minutes ?? null, resetsAt: primary?.resetsAt ?? null,
    secondaryUsedPercent: secondary?.usedPercent ?? null, secondaryWindowMinutes: secondary?.minutes ?? null, secondaryResetsAt: secondary?.resetsAt ?? null,
    creditsJson: credits === null ? null : JSON.stringify({ has_credits: credits.hasCredits, unlimited: credits.unlimited, balance: credits.balance }),
    capturedAt: usageAt,
    windows,
  };
}

/** The original's enum (behaviour reference 4.4), except that a window whose reset is past is full again. */
function availabilityStatus(primary: AccountWindow | undefined, secondary: AccountWindow | undefined, now: number): UsageSnapshot['availabilityStatus'] {
  if (!primary || primary.minutes === null) return 'unknown';
  if (isSpent(primary, now)) return 'unavailable';
  if (!secondary) return 'primary_window_available_only';
  if (secondary.minutes === null) return 'unknown';
  return isSpent(secondary, now) ? 'unavailable' : 'available';
}

function isSpent({ usedPercent, resetsAt }: AccountWindow, now: number): boolean {
  return usedPercent >= 100 && (resetsAt === null || resetsAt * 1000 > now);
}
