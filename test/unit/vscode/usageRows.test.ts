import assert from 'node:assert/strict';
import type { UsageRefresh } from '../../../src/contract/usage.ts';
import { expiryText, outcomeText, refreshEnd, refreshProgress, refreshReasons } from '../../../src/vscode/commands/usage/usageText.ts';
import { arrangeOf } from '../../../src/vscode/views/accountDrop.ts';
import { accountRow } from '../../../src/vscode/views/accountRows.ts';
import { accountTooltip } from '../../../src/vscode/views/accountTooltip.ts';
import { childrenOf } from '../../../src/vscode/views/rowModel.ts';
import { inSeconds, reader, view, windowOf } from '../../lab/accountViews.ts';

const pace = { forecast: { perHour: 30, emptyAt: inSeconds(6_000) } };

describe('the rows below an account', () => {
  const below = (over: Record<string, unknown>) => childrenOf(accountRow(view('a', over), reader));

  it('are its windows with what is left, the reset, and when it is empty at this pace', () => {
    const rows = below({ windows: [windowOf(300, 38, 10_800, pace), windowOf(10_080, 19, null), windowOf(300, 100, -60, { name: 'gone' })] });
    assert.deepEqual(rows.map(({ label, description }) => [label, description]), [
      ['5 h', '\u200762 %  ▓▓▓▓▓░░░  resets 17:00  empty 15:40 at this pace'], ['7 days', '\u200781 %  ▓▓▓▓▓▓░░'], ['5 h', '100 %  ▓▓▓▓▓▓▓▓'],
    ]);
    assert.equal(rows[0]?.spoken, '5-hour window, 62 % left, resets 17:00, empty 15:40 at this pace');
    assert.equal(rows[0]?.tooltip, '5\\-hour window: 62 % left, resets 17:00, empty 15:40 at this pace');
  });

  it('are windows of one feature or model by their own names, credits, and resets that can be redeemed', () => {
    const rows = below({ windows: [windowOf(300, 38, null), windowOf(10_080, 70, null, { name: 'Code review 7 d', scope: 'extra' })], credits: { hasCredits: true, unlimited: false, balance: '12.50' }, resetCredits: 2 });
    assert.deepEqual(rows.map(({ label, description, context }) => [label, description, context]), [
      ['5 h', '\u200762 %  ▓▓▓▓▓░░░', 'window'], ['Code review 7 d', '\u200730 %  ▓▓░░░░░░', 'window'], ['Credits', '12.50', 'window'], ['Resets', '2 resets can be redeemed', 'resets'],
    ]);
    assert.equal(new Set(rows.map(({ id }) => id)).size, 4);
    assert.deepEqual(rows.at(-1)?.accountIds?.(), ['a']);
  });

  it('are there only when something is known', () => {
    const nothing = { windows: [], credits: { hasCredits: false, unlimited: false, balance: '0' }, resetCredits: 0 };
    assert.equal(accountRow(view('a', nothing), reader).fill, undefined);
    assert.deepEqual(below({ ...nothing, credits: { hasCredits: false, unlimited: true, balance: null } }).map(({ description }) => description), ['unlimited']);
    assert.equal(below({ ...nothing, resetCredits: 1 }).length, 1);
    assert.match(accountRow(view('a', { resetCredits: 1 }), reader).context ?? '', /;login$|;resets$/);
  });

  it('leave the account\'s own figure to its own windows', () => {
    assert.equal(accountRow(view('a', { windows: [windowOf(300, 38, -5), windowOf(300, 100, 60, { scope: 'extra' })] }), reader).description, '100 %');
  });
});

describe('the tooltip of an account', () => {
  const lines = (over: Record<string, unknown>): string[] => accountTooltip(view('a', over), reader).split(/\s*\n+/);

  it('shows every window, the pace, credits and resets', () => {
    const told = lines({ windows: [windowOf(300, 38, 10_800, pace), windowOf(300, 0, null, { name: 'Spark 5 h', scope: 'extra' })], credits: { hasCredits: true, unlimited: false, balance: '3' }, resetCredits: 1 });
    assert.deepEqual(told.slice(2, 6), ['`▓▓▓▓▓▓░░░░` 5\\-hour window: 62 % · resets 17:00 · empty 15:40 at this pace', '`▓▓▓▓▓▓▓▓▓▓` Spark 5 h: 100 %', 'Credits: 3', '1 reset can be redeemed']);
  });

  it('says since when its usage is not read, and why', () => {
    assert.ok(lines({ usageError: 'http_503', usageAt: inSeconds(120) }).includes('$(warning) usage not read since 14:02: the provider is in trouble \\(503\\)'));
    assert.ok(lines({ usageError: 'ENOTFOUND' }).includes('$(warning) usage could not be read: the provider could not be reached \\(ENOTFOUND\\)'));
    assert.ok(!lines({ usageAt: inSeconds(120) }).some((line) => line.includes('not read')));
  });
});

describe('a drop while a filter hides accounts', () => {
  const accounts = [['a', 'TEAM'], ['b', 'TEAM'], ['c', 'HOME'], ['d', 'HOME']].map(([id = '', groupName], sort) => view(id, { groupName, sort }));
  const shown = (groupIds: string[]) => ({ id: `group:${groupIds.join()}`, accountIds: groupIds, isGroup: true });

  it('moves all of a group, and goes behind all of it', () => {
    assert.deepEqual(arrangeOf([shown(['d'])], shown(['b']), accounts), { accountIds: ['c', 'd'], before: 'a' });
    assert.deepEqual(arrangeOf([{ id: 'a', accountIds: ['a'], isGroup: false }], shown(['c']), accounts), { accountIds: ['a'], before: null, groupName: 'HOME' });
  });
});

describe('what a refresh of usage says', () => {
  const refresh = (over: Partial<UsageRefresh>): UsageRefresh => ({ refreshId: 'r', revision: 1, state: 'done', total: 1_000, done: 1_000, failed: 0, last: null, failures: [], ...over });

  it('meanwhile: how far it is', () => {
    assert.equal(refreshProgress(refresh({ state: 'running', done: 214, failed: 3, last: 'home@example.com' })), '214 of 1,000 · 3 failed · last: home@example.com');
    assert.equal(refreshProgress(refresh({ state: 'running', done: 0 })), '0 of 1,000');
  });

  it('at its end: what came of it', () => {
    assert.deepEqual(refreshEnd(refresh({})), { message: 'usage of 1,000 accounts refreshed', look: 'quiet' });
    assert.deepEqual(refreshEnd(refresh({ failed: 3 })), { message: 'Usage of 997 of 1,000 accounts read, 3 failed. Accounts whose usage cannot be read go on serving.', look: 'warning' });
    assert.deepEqual(refreshEnd(refresh({ state: 'cancelled', done: 214 })), { message: 'The refresh was cancelled: usage of 214 of 1,000 accounts read.', look: 'info' });
    assert.deepEqual(refreshEnd(refresh({ state: 'cancelled', done: 214, failed: 4 })), { message: 'The refresh was cancelled: usage of 210 of 1,000 accounts read, 4 failed.', look: 'warning' });
    assert.equal(refreshEnd(refresh({ total: 0, done: 0 })).look, 'warning');
    assert.equal(refreshEnd(refresh({ total: 1, done: 1 })).message, 'usage of 1 account refreshed');
  });

  it('lists every reason it knows', () => {
    const failures = [{ accountId: view('a').id, label: 'a', reason: 'http_503' }, { accountId: view('b').id, label: 'b', reason: 'needs_login' }];
    assert.equal(refreshReasons(refresh({ failed: 5, failures })), 'a: the provider is in trouble (503)\nb: it needs you to sign in again first\n… and 3 more');
    assert.equal(refreshReasons(refresh({ failed: 1, failures: failures.slice(0, 1) })), 'a: the provider is in trouble (503)');
  });
});

describe('what a reset says', () => {
  it('until when it can be redeemed', () => {
    assert.deepEqual([null, inSeconds(7_200), inSeconds(20 * 86_400), 4_070_908_800].map((at) => expiryText(at, reader)), ['does not expire', 'expires 16:00', 'expires 14 Dec 14:00', 'expires 2099-01-01']);
  });

  it('and what came of it', () => {
    assert.deepEqual((['reset', 'nothingToReset', 'noCredit', 'alreadyRedeemed'] as const).map((outcome) => outcomeText('a', outcome).severity), ['info', 'info', 'warning', 'warning']);
    assert.match(outcomeText('a', 'nothingToReset').message, /was not used up/);
  });
});
