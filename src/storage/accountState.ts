import * as z from 'zod/mini';
import { Credits, UsageWindow } from '../contract/account.ts';
import { freshState, type AccountState } from '../core/records.ts';

const text = z.catch(z.nullable(z.string()), null);
const number = z.catch(z.number(), 0);

/** A stored state. What is missing or unreadable is as in a fresh one: a state is learnt again, and must never keep its account from loading. */
const StoredState = z.object({
  needsLogin: text,
  blocked: text,
  exhaustedUntil: number,
  coolUntil: number,
  coolReason: text,
  challengeSteps: number,
  rateSteps: number,
  failureSteps: number,
  failuresInRow: number,
  modelBlocks: z.catch(z.record(z.string(), z.number()), {}),
  windows: z.catch(z.array(UsageWindow), []),
  windowsAt: number,
  exhaustedAt: number,
  credits: z.catch(z.nullable(Credits), null),
  resetCredits: number,
  usageError: text,
  apiKeyRefusedUntil: number,
  codexTokenHash: text,
});

export function readAccountState(json: string | null): AccountState {
  if (json === null) return freshState;
  try {
    return StoredState.parse(JSON.parse(json));
  } catch {
    return freshState;
  }
}
