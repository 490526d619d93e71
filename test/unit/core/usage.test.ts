import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { UsageWindow } from '../../../src/contract/account.ts';
import { AccountId } from '../../../src/contract/account.ts';
import { applyUsage } from '../../../src/core/applyUsage.ts';
import { availabilityOf } from '../../../src/core/availability.ts';
import { accountView } from '../../../src/core/accountStatus.ts';
import { applyEffect } from '../../../src/core/failure.ts';
import { poolUsage } from '../../../src/core/poolUsage.ts';
import { freshState, type AccountState, type StoredAccount } from '../../../src/core/records.ts';
import { readUsageBody, readUsageEvent } from '../../../src/core/usageBody.ts';
import { forecastOf, lookbackOf, type WindowSample } from '../../../src/core/usageForecast.ts';
import { readUsageHeaders } from '../../../src/core/usageHeaders.ts';
import { usageSnapshot } from '../../../src/core/usageSnapshot.ts';
import { mergeWindows, type UsageReading } from '../../../src/core/usageWindows.ts';

const now = 1_795_390_000_000;
const seconds = now / 1000;
const hour = 3_600_000;

const wire = (used: unknown, length: number | null, after: number | null, at?: number | null) => ({ used_percent: used, limit_window_seconds: length, reset_after_seconds: after, reset_at: at === undefined ? (after === null ? null : seconds + after) : at });
const told = ({ windows }: { readonly windows: readonly UsageWindow[] } = { windows: [] }) => windows.map(({ name, usedPercent, resetsAt, scope }) => [name, usedPercent, resetsAt === null ? null : resetsAt - seconds, scope]);
const read = (body: unknown): UsageReading => {
  const reading = readUsageBody(body, now);
  assert.ok(reading);
  return reading;
};

function stored(state: Partial<AccountState>, over: { readonly id?: string; readonly enabled?: boolean; readonly sort?: number } = {}): StoredAccount {
  const id = AccountId.parse(over.id ?? 'a');
  return {
    account: { id, subject: id, chatgptAccountId: null, email: null, plan: null, label: id, groupName: null, sort: over.sort ?? 0, enabled: over.enabled ?? true, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null },
    tokens: { idToken: null, accessToken: 'a', refreshToken: 'r', apiKey: null, accessExpiresAt: null, lastRefresh: 0, replacedHash: null },
    state: { ...freshState, ...state },
  };
}

const window = (name: string, minutes: number, usedPercent: number, resetsIn: number | null = 3_600): UsageWindow => ({ name, minutes, usedPercent, resetsAt: resetsIn === null ? null : seconds + resetsIn, scope: 'account' });

describe('readUsageBody', () => {
  it('reads what the provider really sends', () => {
    const captured = JSON.parse(readFileSync(new URL('../../fixtures/wire/response-wham-usage.json', import.meta.url), 'utf8')) as unknown;
    const reading = read(captured);
    assert.deepEqual(reading.windows.map(({ name, usedPercent, minutes, scope }) => [name, usedPercent, minutes, scope]), [['5 h', 42, 300, 'account'], ['7 d', 7, 10_080, 'account'], ['GPT-Fast 1 h', 9, 60, 'extra']]);
    assert.deepEqual([reading.plan, reading.credits, reading.allowed, reading.complete], ['plus', { hasCredits: true, unlimited: false, balance: '12.5' }, true, true]);
  });

  const cases: Record<string, [Record<string, unknown>, unknown[]]> = {
    '5 hours and a week, wherever they stand': [{ rate_limit: { primary_window: wire(7, 604_800, 86_400), secondary_window: wire(42, 18_000, 60) } }, [['7 d', 7, 86_400, 'account'], ['5 h', 42, 60, 'account']]],
    'a week alone (free)': [{ plan_type: 'free', rate_limit: { primary_window: wire(30, 604_800, 500), secondary_window: null } }, [['7 d', 30, 500, 'account']]],
    'a month (team)': [{ plan_type: 'team', rate_limit: { primary_window: wire(1, 2_592_000, 9) } }, [['30 d', 1, 9, 'account']]],
    'code review, and a limit nobody knows': [{ code_review_rate_limit: { primary_window: wire(5, 604_800, 7) }, rate_limit: null, additional_rate_limits: [{ metered_feature: 'codex_x', rate_limit: { primary_window: wire(1, 3_600, 5) } }, { rate_limit: null }] }, [['Code review 7 d', 5, 7, 'extra'], ['codex_x 1 h', 1, 5, 'extra']]],
    'no windows at all': [{ plan_type: 'plus', rate_limit: null }, []],
    'a window of zeros is none': [{ rate_limit: { primary_window: wire(0, 0, 0, 0) } }, []],
    'missing fields': [{ rate_limit: { primary_window: { used_percent: 12 }, secondary_window: { used_percent: 'x' } } }, [['window', 12, null, 'account']]],
    'over a hundred, and below nothing': [{ rate_limit: { primary_window: wire(137.5, 18_000, 60), secondary_window: wire(-3, 604_800, 60) } }, [['5 h', 100, 60, 'account'], ['7 d', 0, 60, 'account']]],
    'a reset that is past': [{ rate_limit: { primary_window: wire(100, 18_000, null, seconds - 600) } }, [['5 h', 100, -600, 'account']]],
    'a clock that is hours ahead': [{ rate_limit: { primary_window: wire(10, 18_000, 1_800, seconds + 1_800 + 5 * 3_600) } }, [['5 h', 10, 1_800, 'account']]],
    'a clock that is hours behind': [{ rate_limit: { primary_window: wire(10, 18_000, 1_800, seconds + 1_800 - 5 * 3_600) } }, [['5 h', 10, 1_800, 'account']]],
    'a clock that is nearly right': [{ rate_limit: { primary_window: wire(10, 18_000, 1_800, seconds + 1_790) } }, [['5 h', 10, 1_790, 'account']]],
    'a time in milliseconds': [{ rate_limit: { primary_window: wire(10, 18_000, null, (seconds + 60) * 1000) } }, [['5 h', 10, 60, 'account']]],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) it(name, () => assert.deepEqual(told(read({ plan_type: 'plus', ...body })), expected));

  it('takes nothing for usage that is not, and never throws', () => {
    for (const body of [null, 5, 'x', [], {}, { detail: 'no' }]) assert.equal(readUsageBody(body, now), null);
    fc.assert(fc.property(fc.anything(), (body) => void [readUsageBody(body, now), readUsageEvent(body, now)]));
  });
});

describe('readUsageEvent', () => {
  it('reads a stream\'s event, of the account or of the limit it names', () => {
    const limits = { allowed: true, limit_reached: false, primary: { used_percent: 7, window_minutes: 300, reset_after_seconds: 60, reset_at: seconds + 60 }, secondary: null };
    const own = readUsageEvent({ type: 'codex.rate_limits', plan_type: 'pro', rate_limits: limits, code_review_rate_limits: null }, now);
    assert.deepEqual([told(own ?? undefined), own?.plan, own?.complete], [[['5 h', 7, 60, 'account']], 'pro', false]);
    assert.deepEqual(told(readUsageEvent({ type: 'codex.rate_limits', metered_limit_name: 'codex_fast', rate_limits: limits }, now) ?? undefined), [['codex_fast 5 h', 7, 60, 'extra']]);
    assert.equal(readUsageEvent({ type: 'codex.rate_limits' }, now), null);
  });
});

describe('readUsageHeaders', () => {
  it('tells credits, and believes a wrong clock no more than a body', () => {
    const reading = readUsageHeaders({
      'x-codex-primary-used-percent': '3', 'x-codex-primary-window-minutes': '10080', 'x-codex-primary-reset-at': String(seconds - 9_000), 'x-codex-primary-reset-after-seconds': '90',
      'x-codex-credits-has-credits': 'True', 'x-codex-credits-unlimited': '0', 'x-codex-credits-balance': '5.2',
    }, now);
    assert.deepEqual([told(reading), reading.credits, reading.complete], [[['7 d', 3, 90, 'account']], { hasCredits: true, unlimited: false, balance: '5.2' }, false]);
  });
});

describe('mergeWindows', () => {
  const extra: UsageWindow = { ...window('Code review 7 d', 10_080, 5), scope: 'extra' };

  it('replaces the account\'s own together and others by name, shortest first', () => {
    const known = [window('5 h', 300, 10), window('7 d', 10_080, 20), extra];
    assert.deepEqual(mergeWindows(known, [window('7 d', 10_080, 21)], false).map(({ name }) => name), ['7 d', 'Code review 7 d']);
    assert.deepEqual(mergeWindows(known, [{ ...extra, usedPercent: 9 }], false).map(({ name, usedPercent }) => [name, usedPercent]), [['5 h', 10], ['7 d', 20], ['Code review 7 d', 9]]);
    assert.deepEqual(mergeWindows(known, [window('7 d', 10_080, 1), window('5 h', 300, 2)], true).map(({ name }) => name), ['5 h', '7 d']);
    assert.equal(mergeWindows(known, [], false), known);
  });
});

describe('applyUsage', () => {
  const good = read({ plan_type: 'plus', rate_limit: { allowed: true, limit_reached: false, primary_window: wire(10, 18_000, 600) } });
  const limited = (): AccountState => applyEffect(freshState, { kind: 'exhausted', until: now + 5 * hour, at: now });

  it('never lets an older or lagging rosier word take back a learnt limit', () => {
    for (const askedAt of [now - 30_000, now, now + 30_000]) assert.equal(applyUsage(limited(), good, askedAt, now + 40_000).exhaustedUntil, now + 5 * hour, String(askedAt - now));
    assert.equal(applyUsage(limited(), good, now + 61_000, now + 62_000).exhaustedUntil, 0);
    const live = { ...good, complete: false };
    assert.equal(applyUsage(limited(), live, now + 61_000, now + 62_000).exhaustedUntil, now + 5 * hour, 'headers of another answer');
  });

  it('learns a limit from any word, and until when', () => {
    const spent = readUsageHeaders({ 'x-codex-primary-used-percent': '100', 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-at': String(seconds + 600) }, now);
    assert.equal(applyUsage(freshState, spent, now, now).exhaustedUntil, now + 600_000);
    assert.equal(applyUsage(limited(), spent, now, now).exhaustedUntil, now + 5 * hour, 'the longer limit holds');
    const refused = read({ plan_type: 'plus', rate_limit: { allowed: false, limit_reached: true, primary_window: wire(99, 18_000, 600) } });
    assert.equal(applyUsage(freshState, refused, now, now).exhaustedUntil, now + 600_000, 'rounded down');
    const unexplained = read({ plan_type: 'plus', rate_limit: { allowed: false, primary_window: wire(20, 18_000, 60_000) } });
    assert.equal(applyUsage(freshState, unexplained, now, now).exhaustedUntil, now + 600_000);
  });

  it('opens an account that was closed when it may work again, and clears the failure of reading', () => {
    const state = applyUsage({ ...freshState, blocked: 'deactivated_workspace', usageError: 'http_503' }, good, now, now);
    assert.deepEqual([state.blocked, state.usageError, state.windowsAt], [null, null, now]);
    assert.equal(applyUsage({ ...freshState, blocked: 'x' }, { ...good, complete: false }, now, now).blocked, 'x');
  });

  it('changes nothing for what is known already', () => {
    const live = { ...good, complete: false };
    const state = applyUsage(freshState, live, now, now);
    assert.equal(applyUsage(state, live, now + 1_000, now + 1_000), state);
    assert.notEqual(applyUsage(state, live, now + 31_000, now + 31_000), state);
  });
});

describe('availabilityOf', () => {
  const cases: Record<string, [StoredAccount, string, number | null]> = {
    'nothing heard': [stored({}), 'unknown', null],
    'both windows': [stored({ windows: [window('5 h', 300, 20), window('7 d', 10_080, 20)] }), 'available', null],
    'one window': [stored({ windows: [window('7 d', 10_080, 20)] }), 'singleWindow', null],
    'one of them low': [stored({ windows: [window('5 h', 300, 20), window('7 d', 10_080, 86)] }), 'low', null],
    'low, but reset meanwhile': [stored({ windows: [window('5 h', 300, 99, -1), window('7 d', 10_080, 20)] }), 'available', null],
    'an extra window that is spent': [stored({ windows: [window('5 h', 300, 20), window('7 d', 10_080, 20), { ...window('Code review 7 d', 10_080, 100), scope: 'extra' }] }), 'available', null],
    'spent': [stored({ exhaustedUntil: now + 5_000, windows: [window('5 h', 300, 100)] }), 'exhausted', now + 5_000],
    'spent until a moment ago': [stored({ exhaustedUntil: now - 1, windows: [window('5 h', 300, 100, -1)] }), 'singleWindow', null],
    'pausing': [stored({ coolUntil: now + 1 }), 'unavailable', now + 1],
    'signed out': [stored({ needsLogin: 'invalid_grant', exhaustedUntil: now + 5 }), 'needsLogin', null],
    'closed': [stored({ blocked: 'x' }), 'blocked', null],
    'paused': [stored({ needsLogin: 'x' }, { enabled: false }), 'disabled', null],
    'reading failed': [stored({ usageError: 'http_503', windows: [window('5 h', 300, 20), window('7 d', 10_080, 20)] }), 'available', null],
  };
  for (const [name, [account, kind, until]] of Object.entries(cases)) {
    it(name, () => {
      const availability = availabilityOf(account, now, 15);
      assert.deepEqual([availability.kind, availability.until], [kind, until]);
    });
  }

  it('takes the threshold a person set', () => assert.equal(availabilityOf(stored({ windows: [window('5 h', 300, 75), window('7 d', 10_080, 0)] }), now, 30).kind, 'low'));
});

describe('forecastOf', () => {
  /** `perHour` percent an hour for so many hours, ending now at `used`. */
  const steady = (used: number, perHour: number, hours: number, stepMs = 60_000): WindowSample[] =>
    Array.from({ length: Math.floor((hours * hour) / stepMs) + 1 }, (_, i) => ({ at: now - hours * hour + i * stepMs, used: used - perHour * hours + (perHour * i * stepMs) / hour }));

  it('knows the answer of a steady pace', () => {
    const fiveHours = window('5 h', 300, 60, 3 * 3_600);
    const forecast = forecastOf(steady(60, 20, 2), fiveHours, now);
    assert.ok(forecast && Math.abs(forecast.perHour - 20) < 0.5);
    assert.ok(Math.abs((forecast.emptyAt ?? 0) - (seconds + 2 * 3_600)) < 120);
    const week = window('7 d', 10_080, 50, 5 * 86_400);
    const weekly = forecastOf(steady(50, 1, 30, 600_000), week, now);
    assert.ok(Math.abs((weekly?.emptyAt ?? 0) - (seconds + 50 * 3_600)) < 1_800);
  });

  it('says nothing of an end when the window resets first, or nothing is used', () => {
    assert.equal(forecastOf(steady(60, 20, 2), window('5 h', 300, 60, 3_600), now)?.emptyAt, null);
    assert.deepEqual(forecastOf(steady(60, 0, 2), window('5 h', 300, 60), now), { perHour: 0, emptyAt: null });
  });

  it('looks at the present period only, and only when enough of it is known', () => {
    const beforeReset = steady(90, 30, 1).map(({ at, used }) => ({ at: at - hour / 2, used }));
    const afterReset = steady(5, 10, 0.5);
    assert.ok(Math.abs((forecastOf([...beforeReset, ...afterReset], window('5 h', 300, 5, 4 * 3_600), now)?.perHour ?? 0) - 10) < 0.5);
    assert.equal(forecastOf([], window('5 h', 300, 5), now), null);
    assert.equal(forecastOf([{ at: now - 60_000, used: 4 }], window('5 h', 300, 5), now), null);
    assert.equal(forecastOf(steady(60, 20, 2), window('5 h', 300, 60, null), now), null);
    assert.equal(forecastOf(steady(60, 20, 2), window('5 h', 300, 60, -5), now), null);
  });

  it('slows down when nothing is used any more', () => {
    const stopped = steady(60, 60, 0.5).map(({ at, used }) => ({ at: at - hour / 2, used }));
    assert.ok((forecastOf(stopped, window('5 h', 300, 60), now)?.perHour ?? 99) < 35);
    assert.deepEqual([lookbackOf(300), lookbackOf(10_080), lookbackOf(60), lookbackOf(null)], [hour, 24 * hour, hour / 2, hour / 2]);
  });
});

describe('poolUsage', () => {
  const options = { now, lowPercent: 15, longInShort: null, first: { stored: stored({}, { id: 'good' }), reason: 'ordered' } };

  it('adds up what is left, and says who is next and why not the others', () => {
    const usage = poolUsage([
      stored({ exhaustedUntil: now + 60_000, windows: [window('5 h', 300, 100, 60), window('7 d', 10_080, 40)] }, { id: 'spent' }),
      stored({ needsLogin: 'x', windows: [window('5 h', 300, 0)] }, { id: 'out' }),
      stored({ windows: [window('5 h', 300, 25), window('7 d', 10_080, 10)] }, { id: 'good' }),
      stored({ windows: [window('7 d', 10_080, 50)] }, { id: 'weekly' }),
      stored({ windows: [window('5 h', 300, 90, -1)] }, { id: 'reset' }),
    ], options);
    assert.deepEqual([usage.ready, usage.total, usage.needAction], [3, 5, 1]);
    assert.deepEqual(usage.short, { left: 1.75, accounts: 3 });
    assert.ok(Math.abs(usage.long.left - 2) < 1e-9 && usage.long.accounts === 3);
    assert.deepEqual([usage.next?.accountId, usage.next?.reason], ['good', 'ordered']);
    assert.deepEqual(usage.passedOver.map(({ accountId, reason, until }) => [accountId, reason, until]), [['spent', 'exhausted', seconds + 60], ['out', 'needsLogin', null]]);
  });

  it('says who is passed over only where the order decides, or nobody is left', () => {
    const spent = stored({ exhaustedUntil: now + 60_000 }, { id: 'spent' });
    const passedOver = (first: typeof options.first) => poolUsage([spent, stored({}, { id: 'good' })], { ...options, first }).passedOver.map(({ accountId }) => accountId);
    assert.deepEqual(passedOver({ ...options.first, reason: 'drain' }), []);
    assert.deepEqual(passedOver(options.first), ['spent']);
    assert.deepEqual(poolUsage([spent], { ...options, first: null }).passedOver.map(({ accountId }) => accountId), ['spent']);
  });

  it('counts no 5-hour window of an account whose week is spent', () => {
    assert.deepEqual(poolUsage([stored({ windows: [window('5 h', 300, 0), window('7 d', 10_080, 100)] })], options).short, { left: 0, accounts: 1 });
    assert.equal(poolUsage([stored({ windows: [window('7 d', 10_080, 50)] })], { ...options, longInShort: 8 }).longInShort, 4);
    assert.equal(poolUsage([], { ...options, first: null }).next, null);
  });
});

describe('usageSnapshot', () => {
  const snapshotOf = (windows: UsageWindow[]) => usageSnapshot(accountView(stored({ windows, windowsAt: now, credits: { hasCredits: true, unlimited: false, balance: '3' } }), now), now);

  it('has the original\'s words for every case', () => {
    const cases: [UsageWindow[], string][] = [
      [[], 'unknown'], [[window('5 h', 300, 100), window('7 d', 10_080, 1)], 'unavailable'], [[window('7 d', 10_080, 50)], 'primary_window_available_only'],
      [[window('5 h', 300, 1), window('7 d', 10_080, 100)], 'unavailable'], [[window('5 h', 300, 1), window('7 d', 10_080, 1)], 'available'], [[window('5 h', 300, 100, -1), window('7 d', 10_080, 1)], 'available'],
    ];
    for (const [windows, status] of cases) assert.equal(snapshotOf(windows)?.availabilityStatus, status);
    const snapshot = snapshotOf([window('5 h', 300, 12), window('7 d', 10_080, 34)]);
    assert.deepEqual([snapshot?.usedPercent, snapshot?.windowMinutes, snapshot?.secondaryUsedPercent, snapshot?.secondaryWindowMinutes, snapshot?.creditsJson], [12, 300, 34, 10_080, '{"has_credits":true,"unlimited":false,"balance":"3"}']);
    assert.equal(usageSnapshot(accountView(stored({}), now), now), null);
  });
});
