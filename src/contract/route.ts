import * as z from 'zod/mini';
import { AccountId } from './account.ts';

/** `ordered`: by the order of the list; `balanced`: each in turn; `headroom`: the more is left, the more often; `drain`: what resets first, so that nothing expires unused. */
export const RouteStrategy = z.enum(['ordered', 'balanced', 'headroom', 'drain']);
export type RouteStrategy = z.infer<typeof RouteStrategy>;

/** How accounts are chosen now. `locked`: a variable of the leading process decides, and a setting cannot change it. Times in Unix seconds. */
export const RouteState = z.object({
  strategy: RouteStrategy,
  locked: z.boolean(),
  /** The account that is asked first until it fails, and until when at the latest. */
  pinned: z.nullable(z.object({ accountId: AccountId, until: z.nullable(z.number()) })),
});
export type RouteState = z.infer<typeof RouteState>;

/** One account as a request would meet it: `place` in the order it would be asked, null when it would not; `reason` says why not. `until` in Unix seconds. */
export const RouteCandidate = z.object({
  accountId: AccountId,
  label: z.string(),
  place: z.nullable(z.number()),
  reason: z.nullable(z.string()),
  until: z.nullable(z.number()),
  /** 0 (nothing but failures lately) to 100. */
  health: z.number(),
  /** Percent left in its tightest window, null when unknown. */
  left: z.nullable(z.number()),
  running: z.number(),
});
export type RouteCandidate = z.infer<typeof RouteCandidate>;

/** What would happen to a request: who is asked first and why, and everybody else. At most 200 candidates. */
export const RouteExplanation = z.object({
  strategy: RouteStrategy,
  chosen: z.nullable(AccountId),
  why: z.enum(['pinned', 'conversation', 'strategy', 'nobody']),
  candidates: z.array(RouteCandidate),
});
export type RouteExplanation = z.infer<typeof RouteExplanation>;
