import type { RouteStrategy } from '../../contract/route.ts';

/** A strategy in words. `next` goes on behind a name, in brackets. */
export interface StrategyWords { readonly name: string; readonly icon: string; readonly means: string; readonly next: string }

const words: Readonly<Record<RouteStrategy, StrategyWords>> = {
  ordered: { name: 'Ordered', icon: 'list-ordered', means: 'the first ready account in the order of the Accounts view', next: 'in order' },
  balanced: { name: 'Balanced', icon: 'sync', means: 'every ready account in turn', next: 'all in turn' },
  headroom: { name: 'Headroom', icon: 'dashboard', means: 'the more an account has left, the more often it is asked', next: 'the most left' },
  drain: { name: 'Drain', icon: 'clock', means: 'the account that resets first, so that nothing expires unused', next: 'resets first' },
};

export function strategyWords(strategy: RouteStrategy): StrategyWords {
  return words[strategy];
}

const skips: Readonly<Record<string, string>> = {
  disabled: 'paused', needsLogin: 'sign in again', blocked: 'blocked', exhausted: 'spent', coolingDown: 'pausing', modelBlocked: 'not for this model',
  reserved: 'kept for you', otherGroup: 'not in the key\'s groups', otherPlan: 'not of the key\'s plans', busy: 'running as much as it may', failed: 'failed just before', pinned: 'another one is pinned', deleted: 'deleted',
};

/** Why an account is passed over. */
export function skipWord(reason: string): string {
  return skips[reason] ?? reason;
}
