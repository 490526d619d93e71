import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import type { RequestLogItem } from '../../../src/contract/requestLog.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { Snapshot } from '../../../src/vscode/mirror.ts';
import { firstAccounts } from '../../../src/vscode/views/currentAccount.ts';
import { nextDrawing } from '../../../src/vscode/views/nextDrawing.ts';
import { statusModel, type StatusModel, type StatusOptions } from '../../../src/vscode/views/statusModel.ts';
import { statusTooltip, tooltipCommands } from '../../../src/vscode/views/statusTooltip.ts';
import { inSeconds, now, poolOf, reader, snapshotOf, view, windowOf } from '../../lab/accountViews.ts';

const shown = (over: Partial<Snapshot>, show: StatusOptions['show'] = 'current'): StatusModel => statusModel(snapshotOf(over), reader, { show, today: null });
const requestOf = (accountId: string | null): RequestLogItem => ({ id: 1, accountId, createdAt: 0 }) as RequestLogItem;
const [full, tight] = [view('full', { windows: [windowOf(300, 10, 600)] }), view('tight', { windows: [windowOf(300, 80, 5_400)] })];
const nextIs = (id: string) => poolOf({ next: { accountId: id as AccountId, label: id, reason: 'ordered' } });

describe('statusModel', () => {
  it('says what is left of the account that requests go to, and for how long', () => {
    const { text, look, spoken, until } = shown({ accounts: [view('work')] });
    assert.deepEqual([text, look, until], ['$(pulse) 62 % · 2h 10m', 'plain', inSeconds(7_800)]);
    assert.equal(spoken, 'CodexManager: 62 % left of the 5-hour window of work@example.com, resets in 2h 10m');
  });

  it('follows the newest request, while its account can serve', () => {
    const accounts = [full, tight, view('spent', { status: 'exhausted' })];
    const text = (over: Partial<Snapshot>): string => shown({ accounts, ...over }).text;
    assert.equal(text({ recent: [requestOf(null), requestOf('tight'), requestOf('full')], usage: nextIs('full') }), '$(pulse) 20 % · 1h 30m');
    assert.equal(text({ recent: [requestOf('spent')], usage: nextIs('tight') }), '$(pulse) 20 % · 1h 30m');
    assert.equal(text({ recent: [requestOf('gone')], usage: nextIs('spent') }), '$(pulse) 90 % · 10m');
    assert.equal(text({}), '$(pulse) 90 % · 10m');
  });

  it('says what the tightest account has left', () => {
    const accounts = [full, tight, view('unknown', { status: 'unknown', windows: [] }), view('spent', { status: 'exhausted', windows: [windowOf(300, 100, 60)] })];
    assert.equal(shown({ accounts }, 'tightest').text, '$(pulse) 20 % · 1h 30m');
    assert.equal(shown({ accounts: [view('unknown', { status: 'unknown', windows: [] })] }, 'tightest').text, '$(pulse) 1 ready');
  });

  it('says what the pool has left, in full 5-hour windows or else in percent', () => {
    const text = (usage: Snapshot['usage'], accounts = [full, tight]): string => shown({ accounts, usage }, 'pool').text;
    assert.equal(text(poolOf({ short: { left: 2.44, accounts: 3 } })), '$(pulse) 2.4 × 5 h');
    assert.equal(text(poolOf({ short: { left: 30, accounts: 40 } })), '$(pulse) 30 × 5 h');
    assert.equal(text(poolOf({ long: { left: 1, accounts: 2 } })), '$(pulse) 55 %');
    assert.equal(text(poolOf({ short: { left: 0.01, accounts: 2 } })), '$(pulse) 55 %');
    assert.equal(text(null, [view('unknown', { status: 'unknown', windows: [] })]), '$(pulse) 1 ready');
  });

  it('says in every mode what keeps the pool from serving', () => {
    const spent = view('spent', { status: 'exhausted', availableAt: inSeconds(600) });
    for (const show of ['current', 'tightest', 'pool'] as const) {
      const states: Partial<Snapshot>[] = [
        { accounts: null }, { accounts: [] }, { accounts: [spent, view('later', { status: 'coolingDown', availableAt: inSeconds(900) }), view('old', { status: 'needsLogin' })] }, { accounts: [view('old', { status: 'needsLogin' })] },
        { accounts: [view('blocked', { status: 'blocked' })] }, { accounts: [view('a')], gateway: { state: 'stopped', addresses: [], port: 1, message: null, paused: false } },
        { accounts: [view('a')], gateway: { state: 'portBusy', addresses: [], port: 1, message: null, paused: false } }, { seat: { role: 'failed', error: new AppError('diskFull', 'The disk is full.') } },
      ];
      const models = states.map((over) => shown(over, show));
      assert.deepEqual(models.map(({ text, look }) => [text, look]), [
        ['$(sync~spin) CodexManager', 'plain'], ['$(pulse) no accounts', 'plain'], ['$(clock) back 14:10', 'warning'], ['$(key) sign in', 'warning'],
        ['$(circle-slash) none ready', 'warning'], ['$(debug-pause) gateway stopped', 'plain'], ['$(error) port busy', 'error'], ['$(error) CodexManager', 'error'],
      ]);
      assert.equal(models[2]?.until, inSeconds(600));
    }
  });

  it('warns only when nobody in the pool has more than a little left', () => {
    const low = view('low', { status: 'low', windows: [windowOf(300, 95, null)] });
    const lookOf = (...accounts: typeof full[]): string => shown({ accounts }).look;
    assert.deepEqual([lookOf(low), lookOf(low, view('spent', { status: 'exhausted' })), lookOf(low, full), lookOf(low, view('unknown', { status: 'unknown' }))], ['warning', 'warning', 'plain', 'plain']);
    assert.equal(shown({ accounts: [low, full] }).text, '$(pulse) 5 %');
  });

  it('counts a window whose reset is past as full, without a countdown', () => {
    const { text, until } = shown({ accounts: [view('a', { windows: [windowOf(300, 100, -5)] })] });
    assert.deepEqual([text, until], ['$(pulse) 100 %', null]);
  });
});

describe('nextDrawing', () => {
  it('is soon while seconds are shown, and exact where they begin and end', () => {
    const after = (seconds: number): number => nextDrawing(inSeconds(seconds), now);
    assert.deepEqual([7_200, 140, 120, 60, 1, 0, -5].map(after), [30_000, 20_000, 2_000, 2_000, 1_000, 30_000, 30_000]);
    assert.equal(nextDrawing(null, now), 30_000);
  });
});

describe('firstAccounts', () => {
  it('are the tightest that serve, then who comes back, the soonest first, then the rest', () => {
    const accounts = [
      view('paused', { status: 'disabled' }), view('old', { status: 'needsLogin' }), view('later', { status: 'exhausted', availableAt: inSeconds(900) }), full, view('unknown', { status: 'unknown', windows: [] }),
      view('soon', { status: 'coolingDown', availableAt: inSeconds(60) }), tight,
    ];
    assert.deepEqual(firstAccounts(accounts, 9, now).map(({ id }) => id), ['tight', 'full', 'unknown', 'soon', 'later', 'old', 'paused']);
    assert.deepEqual(firstAccounts(accounts, 2, now).map(({ id }) => id), ['tight', 'full']);
  });
});

describe('statusTooltip', () => {
  const lines = (over: Partial<Snapshot>, today: StatusOptions['today'] = null): string[] => statusTooltip(snapshotOf(over), reader, today).replaceAll('\u00a0', ' ').split(/\s*\n+/);
  const row = (over: Record<string, unknown>): string => lines({ accounts: [view('a', { label: 'a', ...over })] })[3] ?? '';

  it('has a row for each account with both of its own windows, the current one marked', () => {
    const accounts = [view('work'), view('home', { label: 'somebody-with-a-long-name@example.com', windows: [windowOf(43_200, 100, 60)], status: 'exhausted' })];
    assert.deepEqual(lines({ accounts, gateway: null }).slice(0, 5), [
      '**CodexManager** — 1 of 2 accounts ready', '| | 5 h left, resets | 7 d left, resets |', '|:--|:--|:--|',
      '| $(pass) **work@example\\.com** | `▓▓▓▓░░` 62 % · 16:10 | `▓▓▓▓▓░` 81 % · Fri 14:00 |',
      '| $(clock) somebody\\-with\\-a\\-lo… |  | 30 d `░░░░░░` 0 % · 14:01 |',
    ]);
  });

  it('says why an account does not serve, and leaves windows of one feature out', () => {
    assert.equal(row({ status: 'coolingDown', availableAt: inSeconds(60) }), '| $(clock) a | Pausing until 14:01 |  |');
    assert.equal(row({ status: 'exhausted', windows: [], availableAt: inSeconds(60) }), '| $(clock) a | Spent until 14:01 |  |');
    assert.equal(row({ windows: [windowOf(300, 50, null), windowOf(10_080, 100, null, { scope: 'extra', name: 'Code review 7 d' })] }), '| $(pass) **a** | `▓▓▓░░░` 50 % |  |');
  });

  it('shows eight accounts of many, always with the one that requests go to', () => {
    const accounts = Array.from({ length: 12 }, (_, i) => view(`a${i}`, { windows: [windowOf(300, 50 + i, 60)] }));
    const text = lines({ accounts, recent: [requestOf('a0')] });
    assert.equal(text.filter((line) => line.startsWith('| $(')).length, 8);
    assert.match(text[3] ?? '', /\*\*a0@/);
    assert.ok(text.includes('… and 4 more'));
  });

  it('says what the pool holds, who is next and why not others, the pace, credits and what was used today', () => {
    const passedOver = [['home', 'exhausted', inSeconds(6_000)], ['old', 'needsLogin', null], ['off', 'disabled', null]].map(([label, reason, until]) => ({ accountId: label as AccountId, label: label as string, reason: reason as string, until: until as number | null }));
    const usage = poolOf({ short: { left: 2.4, accounts: 4 }, long: { left: 3, accounts: 4 }, longInShort: 32.4, next: { accountId: 'work' as AccountId, label: 'work', reason: 'ordered' }, passedOver });
    const work = view('work', { windows: [windowOf(300, 50, 10_800, { forecast: { perHour: 30, emptyAt: inSeconds(6_000) } })], credits: { hasCredits: true, unlimited: false, balance: '12.50' } });
    const today = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, todayTokens: 4_100_000, estimatedCost: 6.2, requests: 1_312 };
    assert.deepEqual(lines({ accounts: [work], usage }, today).slice(4, 10), [
      'Left: 2.4 full 5-hour windows now · about 30 more this week', 'Next: work (first ready one in order), not home (spent until 15:40), old (sign in again), off (paused)',
      '$(flame) work@example\\.com: at this pace empty at 15:40, resets 17:00', 'Credits: work@example\\.com 12\\.50', 'Today 1,312 requests · 4.1 M tokens · ≈ $6.20', 'Gateway `http://localhost:48760`',
    ]);
    assert.ok(lines({ accounts: [work], usage: poolOf({ ...usage, longInShort: null, passedOver: [] }) }).includes('Left: 2.4 full 5-hour windows now · 75 % of the week'));
    assert.ok(lines({ accounts: [work], usage: poolOf({ ...usage, passedOver: [] }) }).includes('Next: work (first in order)'));
    assert.ok(lines({ accounts: [work], usage: poolOf({ passedOver: [] }) }).includes('Next: nobody is ready'));
  });

  it('links nothing but commands that may run, and what fits the gateway\'s state', () => {
    const links = (over: Partial<Snapshot>): string[] => [...statusTooltip(snapshotOf(over), reader, null).matchAll(/\(command:([^)]+)\)/g)].map(([, command]) => (command ?? '').replace('codexmanager.', ''));
    const running = links({ accounts: [view('a')] });
    assert.deepEqual(running, ['account.refreshUsage', 'dashboard.open', 'logs.open', 'gateway.copyAddress', 'gateway.pause']);
    assert.ok(links({ accounts: [view('a')], gateway: { state: 'running', addresses: [], port: 1, message: null, paused: true } }).includes('gateway.resume'));
    assert.deepEqual(links({ gateway: { state: 'stopped', addresses: [], port: 1, message: null, paused: false } }), ['dashboard.open', 'logs.open', 'gateway.copyAddress', 'gateway.start']);
    assert.deepEqual([...new Set([...running, 'gateway.start', 'gateway.resume'])].map((name) => `codexmanager.${name}`).sort(), [...tooltipCommands].sort());
  });

  it('lets no text of others become Markdown', () => {
    const evil = '[x](command:e)<b>`|$(zap)';
    const passedOver = [{ accountId: 'b' as AccountId, label: evil, reason: evil, until: null }];
    const text = statusTooltip(snapshotOf({
      accounts: [view('a', { label: evil, credits: { hasCredits: true, unlimited: false, balance: evil }, windows: [windowOf(300, 1, null, { name: evil, forecast: { perHour: 1, emptyAt: inSeconds(60) } })] })],
      usage: poolOf({ next: { accountId: 'a' as AccountId, label: evil, reason: 'ordered' }, passedOver }), gateway: { state: 'portBusy', addresses: [], port: 1, message: evil, paused: false },
    }), reader, null);
    assert.doesNotMatch(text, /(?<!\\)\[x|(?<!\\)<b|(?<!\\)\$\(zap/);
    assert.equal(text.match(/\\\[x/g)?.length, 9);
  });
});
