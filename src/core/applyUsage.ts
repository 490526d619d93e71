import type { AccountState } from './records.ts';
import { mergeWindows, spentUntil, type UsageReading } from './usageWindows.ts';

/** So long after a limit was learnt, a reading may still be of before it: the provider's own figures lag. */
const lagMs = 60_000;
/** From so many percent on, a window is taken for the reason of a refusal: the provider rounds. */
const nearlyFull = 95;
const retryMs = 600_000;
/** What is said again within this time is no news. */
const newsMs = 30_000;

/**
 * An account's state after its usage was told. `askedAt` (Unix ms) is when the reading was asked for: one that was asked for before a limit was learnt,
 * or right after it, never takes that limit back. Returns the same object when nothing changed.
 */
export function applyUsage(state: AccountState, reading: UsageReading, askedAt: number, now: number): AccountState {
  if (!reading.complete && isKnown(state, reading, now)) return state;
  const windows = mergeWindows(state.windows, reading.windows, reading.complete);
  const told = reading.windows.length > 0 || reading.complete;
  if (!told && reading.credits === null && reading.resetCredits === null) return state;
  const spent = spentUntil(windows, now);
  return {
    ...state,
    windows,
    windowsAt: told ? now : state.windowsAt,
    credits: reading.credits ?? (reading.complete ? null : state.credits),
    resetCredits: reading.resetCredits ?? state.resetCredits,
    usageError: reading.complete ? null : state.usageError,
    // A good answer of the usage endpoint is the proof that the account is open again.
    blocked: reading.complete && reading.allowed === true ? null : state.blocked,
    ...exhaustion(state, reading, { spent, askedAt, now }),
  };
}

interface Heard { readonly spent: number | null; readonly askedAt: number; readonly now: number }

function exhaustion(state: AccountState, reading: UsageReading, { spent, askedAt, now }: Heard): Pick<AccountState, 'exhaustedUntil' | 'exhaustedAt'> {
  const { exhaustedUntil, exhaustedAt } = state;
  const newer = reading.complete && askedAt > exhaustedAt + lagMs;
  const until = spent ?? (reading.allowed === false ? refusedUntil(reading, now) : null);
  if (until !== null) return { exhaustedUntil: newer ? until : Math.max(exhaustedUntil, until), exhaustedAt: now };
  return newer && reading.allowed === true && exhaustedUntil > now ? { exhaustedUntil: 0, exhaustedAt: 0 } : { exhaustedUntil, exhaustedAt };
}

/** The provider refuses although no window reads as spent: until the fullest one resets, else for as long as a poll takes to come again. */
function refusedUntil({ windows }: UsageReading, now: number): number {
  let fullest: { readonly usedPercent: number; readonly at: number } | null = null;
  for (const { scope, usedPercent, resetsAt } of windows) {
    if (scope !== 'account' || resetsAt === null || resetsAt * 1000 <= now) continue;
    if (fullest === null || usedPercent > fullest.usedPercent) fullest = { usedPercent, at: resetsAt * 1000 };
  }
  return fullest !== null && fullest.usedPercent >= nearlyFull ? fullest.at : now + retryMs;
}

/** Every answer tells the same windows; most of them tell nothing new. */
function isKnown({ windows, windowsAt, exhaustedUntil }: AccountState, { windows: told, credits, allowed }: UsageReading, now: number): boolean {
  if (now - windowsAt > newsMs || credits !== null || allowed === false || exhaustedUntil > now) return false;
  return told.every(({ name, usedPercent, resetsAt }) => windows.some((known) => known.name === name && known.usedPercent === usedPercent && known.resetsAt === resetsAt));
}
