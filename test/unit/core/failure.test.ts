import assert from 'node:assert/strict';
import { applyEffect, applyOutrun, applySuccess, judgeFailure, type Failure, type FailureContext } from '../../../src/core/failure.ts';
import { freshState, type AccountState } from '../../../src/core/records.ts';
import type { UpstreamError } from '../../../src/core/upstreamError.ts';

const now = 1_800_000_000_000;

function context(changes: Partial<FailureContext> = {}): FailureContext {
  return { now, model: 'gpt-5.5', state: freshState, refreshed: false, ...changes };
}

function answer(status: number, error: Partial<Omit<UpstreamError, 'status'>> = {}, more: { retryAfterMs?: number; spentUntil?: number } = {}): Failure {
  return {
    kind: 'answer', retryAfterMs: more.retryAfterMs ?? null, spentUntil: more.spentUntil ?? null,
    error: { status, code: null, type: null, message: null, planType: null, resetsAt: null, resetsInSeconds: null, html: false, ...error },
  };
}

describe('judgeFailure', () => {
  it('refreshes once on 401, then cools down for 60 s', () => {
    assert.deepEqual(judgeFailure(answer(401), context()).step, 'refresh');
    const second = judgeFailure(answer(401), context({ refreshed: true }));
    assert.equal(second.step, 'next');
    assert.deepEqual(second.effect, { kind: 'cooldown', ladder: 'fixed', until: now + 60_000, reason: 'unauthorized' });
  });

  it('asks for a new login when the refresh is refused, and only cools down when it failed', () => {
    assert.deepEqual(judgeFailure({ kind: 'refreshRefused', reason: 'refresh_token_reused' }, context()), {
      step: 'next', effect: { kind: 'needsLogin', reason: 'refresh_token_reused' }, reason: 'refresh_token_reused',
    });
    assert.deepEqual(judgeFailure({ kind: 'refreshRefused', reason: 'account_deactivated' }, context()).effect, { kind: 'blocked', reason: 'account_deactivated' }, 'a new login would not help');
    assert.equal(judgeFailure({ kind: 'refreshFailed' }, context()).effect.kind, 'cooldown');
  });

  it('cools down along the challenge ladder for a 403 page', () => {
    const waits = [0, 1, 2, 3, 4].map((challengeSteps) => {
      const { effect } = judgeFailure(answer(403, { html: true }), context({ state: { ...freshState, challengeSteps } }));
      return effect.kind === 'cooldown' ? effect.until - now : null;
    });
    assert.deepEqual(waits, [6_000, 30_000, 120_000, 600_000, 600_000]);
  });

  it('blocks the account a 403 names, by code or by words', () => {
    assert.deepEqual(judgeFailure(answer(403, { code: 'deactivated_workspace' }), context()).effect, { kind: 'blocked', reason: 'deactivated_workspace' });
    assert.deepEqual(judgeFailure(answer(403, { message: 'Your account has been deactivated.' }), context()).effect, { kind: 'blocked', reason: 'access_denied' });
  });

  it('returns a 403 that is about the request', () => {
    assert.equal(judgeFailure(answer(403, { code: 'unsafe_prompt', message: 'Not allowed.' }), context()).step, 'return');
  });

  for (const [name, failure] of Object.entries({
    '402': answer(402),
    usage_limit_reached: answer(429, { type: 'usage_limit_reached' }),
    usage_not_included: answer(429, { code: 'usage_not_included' }),
    'a spent window in the headers': answer(429, {}, { spentUntil: now + 60_000 }),
  })) {
    it(`marks the account exhausted for ${name}`, () => {
      const verdict = judgeFailure(failure, context());
      assert.equal(verdict.step, 'next');
      assert.equal(verdict.effect.kind, 'exhausted');
    });
  }

  it('takes the reset from the body, then the headers, then the last windows, then five minutes', () => {
    const state: AccountState = { ...freshState, windows: [{ name: '5 h', minutes: 300, usedPercent: 100, resetsAt: now / 1000 + 400, scope: 'account' }] };
    const until = (failure: Failure, from: AccountState = state): number | null => {
      const { effect } = judgeFailure(failure, context({ state: from }));
      return effect.kind === 'exhausted' ? effect.until - now : null;
    };
    const limit = { type: 'usage_limit_reached' };
    assert.equal(until(answer(429, { ...limit, resetsAt: now / 1000 + 100 }, { spentUntil: now + 200_000 })), 100_000);
    assert.equal(until(answer(429, { ...limit, resetsInSeconds: 150 }, { spentUntil: now + 200_000 })), 150_000);
    assert.equal(until(answer(429, limit, { spentUntil: now + 200_000 })), 200_000);
    assert.equal(until(answer(429, limit)), 400_000);
    assert.equal(until(answer(429, limit), freshState), 300_000);
  });

  it('cools down for a plain 429: Retry-After, else 5 s doubling to 5 min', () => {
    const wait = (failure: Failure, rateSteps: number): number | null => {
      const { effect } = judgeFailure(failure, context({ state: { ...freshState, rateSteps } }));
      return effect.kind === 'cooldown' ? effect.until - now : null;
    };
    assert.equal(wait(answer(429, {}, { retryAfterMs: 7_000 }), 3), 7_000);
    assert.deepEqual([0, 1, 2, 6, 9].map((step) => wait(answer(429), step)), [5_000, 10_000, 20_000, 300_000, 300_000]);
  });

  it('makes the account ineligible for an unsupported model only', () => {
    const expected = { kind: 'modelBlocked', model: 'gpt-5.5', until: now + 3_600_000 };
    assert.deepEqual(judgeFailure(answer(404, { code: 'model_not_found' }), context()).effect, expected);
    assert.deepEqual(judgeFailure(answer(400, { message: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." }), context()).effect, expected);
  });

  it('returns every other 4xx as it came and leaves the account alone', () => {
    for (const status of [400, 404, 409, 413, 422]) {
      assert.deepEqual(judgeFailure(answer(status, { code: 'x' }), context()), { step: 'return', effect: { kind: 'none' }, reason: 'x' });
    }
  });

  it('holds a connect error against the route, not the account', () => {
    assert.deepEqual(judgeFailure({ kind: 'connect', cause: 'x' }, context()), { step: 'retryRoute', effect: { kind: 'none' }, reason: 'connect_error' });
  });

  it('repeats on the only account, else goes on, for 408, 5xx, resets and wrong answers', () => {
    const failures: Failure[] = [answer(408), answer(500), answer(503), answer(529), { kind: 'broken', reason: 'connection_reset' }];
    for (const failure of failures) {
      const verdict = judgeFailure(failure, context());
      assert.equal(verdict.step, 'retryIfOnly');
      assert.equal(verdict.effect.kind, 'unhealthy');
    }
  });

  it('goes on after an idle stream and stops when the client left', () => {
    assert.equal(judgeFailure({ kind: 'idle' }, context()).step, 'next');
    assert.equal(judgeFailure({ kind: 'clientGone' }, context()).step, 'stop');
  });
});

describe('applyEffect', () => {
  it('never shortens an earlier cooldown or exhaustion', () => {
    const state = { ...freshState, coolUntil: now + 100, exhaustedUntil: now + 100 };
    assert.equal(applyEffect(state, { kind: 'cooldown', ladder: 'fixed', until: now + 50, reason: 'x' }).coolUntil, now + 100);
    assert.equal(applyEffect(state, { kind: 'exhausted', until: now + 50, at: now }).exhaustedUntil, now + 100);
  });

  it('climbs only the ladder the cooldown came from', () => {
    const after = applyEffect(freshState, { kind: 'cooldown', ladder: 'rate', until: now, reason: 'x' });
    assert.deepEqual([after.rateSteps, after.challengeSteps], [1, 0]);
  });
});

describe('applyOutrun', () => {
  it('cools down at the third failure in a row, 15 s doubling to 5 min', () => {
    let state: AccountState = freshState;
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      state = applyOutrun(state, 'http_500', now);
      waits.push(Math.max(0, state.coolUntil - now));
    }
    assert.deepEqual(waits, [0, 0, 15_000, 30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });
});

describe('applySuccess', () => {
  it('starts every ladder again and keeps the object when nothing was climbed', () => {
    assert.equal(applySuccess(freshState), freshState);
    const after = applySuccess({ ...freshState, challengeSteps: 2, rateSteps: 1, failuresInRow: 2, failureSteps: 1 });
    assert.deepEqual([after.challengeSteps, after.rateSteps, after.failuresInRow, after.failureSteps], [0, 0, 0, 0]);
  });
});
