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

/**
 * Why an account was chosen. `bound`: only it can read what the request carries; `pinned`: a person wants it asked first; `conversation`: it has the
 * conversation's prompt cache; `strategy`: it comes first by the strategy; `nobody`: none can take the request.
 */
export const RouteWhy = z.enum(['bound', 'pinned', 'conversation', 'strategy', 'nobody']);
export type RouteWhy = z.infer<typeof RouteWhy>;

/** What would happen to a request: who is asked first and why, and everybody else. At most 200 candidates. */
export const RouteExplanation = z.object({
  strategy: RouteStrategy,
  chosen: z.nullable(AccountId),
  why: RouteWhy,
  candidates: z.array(RouteCandidate),
});
export type RouteExplanation = z.infer<typeof RouteExplanation>;

/** Why a request that was sent went where it went, as it was when it was chosen: the first choice; what came after it is in the row's attempts. */
export const RouteRecord = z.object({
  strategy: RouteStrategy,
  why: RouteWhy,
  /** Where the conversation was, or whose the items are, when that account was not asked; and why not. */
  left: z.nullable(z.object({ accountId: z.string(), reason: z.string() })),
  /** The chosen one, then those it was compared with: percent left (null: unknown), health 0 to 100, requests that ran. */
  candidates: z.array(z.object({ accountId: z.string(), left: z.nullable(z.number()), health: z.number(), running: z.number() })),
  /** The first of those that could not be asked; `until` in Unix seconds. */
  skipped: z.array(z.object({ accountId: z.string(), reason: z.string(), until: z.nullable(z.number()) })),
});
export type RouteRecord = z.infer<typeof RouteRecord>;
