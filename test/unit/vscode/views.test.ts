import assert from 'node:assert/strict';
import { Account } from '../../../src/contract/account.ts';
import { PlatformKey } from '../../../src/contract/platformKey.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { Snapshot } from '../../../src/vscode/mirror.ts';
import { AccountTree } from '../../../src/vscode/views/accountTree.ts';
import { childrenOf, type RowModel } from '../../../src/vscode/views/rowModel.ts';
import { agoText, alignedPercent, bar, countdownText, escapeMarkdown, shortWindowName, timeText, windowName } from '../../../src/core/display/format.ts';
import { gatewayRows } from '../../../src/vscode/views/gatewayRows.ts';
import { keyRows } from '../../../src/vscode/views/keyRows.ts';

const now = new Date(2026, 10, 24, 14, 0).getTime();
const reader = { now, locale: 'en-GB' };
const inSeconds = (seconds: number): number => Math.round(now / 1000) + seconds;

function account(over: Record<string, unknown>): Account {
  return Account.parse({
    id: 'acc_1', label: 'work@example.com', groupName: 'TEAM', sort: 0, email: 'work@example.com', plan: 'plus', enabled: true, status: 'ready', statusReason: null, availableAt: null,
    windows: [{ name: 'primary', minutes: 300, usedPercent: 38, resetsAt: inSeconds(7_800) }, { name: 'secondary', minutes: 10_080, usedPercent: 19, resetsAt: inSeconds(3 * 86_400) }], ...over,
  });
}

function snapshot(over: Partial<Snapshot>): Snapshot {
  return { seat: { role: 'leader', leader: { rpcUrl: 'http://127.0.0.1:1', token: 't', epoch: 1, contractVersion: 1, pid: 1 } }, accounts: [], keys: [], gateway: { state: 'running', addresses: [], port: 48_760, message: null, paused: false }, usage: null, route: { strategy: 'ordered', locked: false, pinned: null }, settings: null, recent: [], ...over };
}

describe('the rows of accounts', () => {
  const groupsOf = (accounts: readonly Account[]): RowModel[] => new AccountTree().rows(accounts, reader);
  const only = (one: Account): RowModel | undefined => groupsOf([one]).flatMap(childrenOf)[0];

  it('shows groups, accounts with what is left of the tightest window, and every window', () => {
    const [team, none] = groupsOf([account({}), account({ id: 'acc_2', label: 'home', groupName: null, status: 'exhausted', availableAt: inSeconds(3_600), windows: [] }), account({ id: 'acc_3', label: 'old', status: 'needsLogin', statusReason: 'refresh_token_reused' })]);
    assert.deepEqual([team?.label, team?.description], ['TEAM', '1 of 2 ready · 31 % · 1 needs you']);
    assert.deepEqual([none?.label, none && childrenOf(none)[0]?.description], ['No group', 'spent until 15:00']);
    const [work, old] = team ? childrenOf(team) : [];
    assert.deepEqual([work?.description, work?.icon, work?.context], ['62 % · 16:10', 'pass', 'account;ready;enabled;login']);
    assert.deepEqual(work && childrenOf(work).map(({ label, description }) => [label, description]), [['5 h', '\u200762 %  ▓▓▓▓▓░░░  resets 16:10'], ['7 days', '\u200781 %  ▓▓▓▓▓▓░░  resets Fri 14:00']]);
    assert.match(old?.hover?.(reader) ?? '', /its refresh token was used elsewhere\. Sign in again/);
  });

  it('counts a window whose reset is past as full', () => {
    assert.match(only(account({ windows: [{ name: 'primary', minutes: 300, usedPercent: 100, resetsAt: inSeconds(-60) }] }))?.description ?? '', /^100 %/);
  });

  it('has a word for every state, and an id that does not change with it', () => {
    for (const status of ['ready', 'low', 'exhausted', 'coolingDown', 'needsLogin', 'blocked', 'disabled', 'unavailable', 'unknown']) {
      const row = only(account({ status }));
      assert.equal(row?.id, 'acc_1');
      assert.ok(row?.description && row.icon && row.spoken, status);
    }
  });

  it('lets no text of others become Markdown', () => {
    const row = only(account({ label: '[x](command:evil) <b>', statusReason: '`a`', status: 'blocked' }));
    assert.doesNotMatch(row?.hover?.(reader) ?? '', /\[x\]\(command/);
    assert.doesNotMatch(row?.hover?.(reader) ?? '', /[^\\]<b/);
  });
});

describe('keyRows', () => {
  it('shows what a key binds and when it was used', () => {
    const key = PlatformKey.parse({ id: 'gk_1', name: 'codex', modelSlug: 'gpt-5.5', reasoningEffort: 'high', clientType: 'codex', protocolType: 'openai_compat', authScheme: 'authorization_bearer', status: 'active', createdAt: 1, lastUsedAt: inSeconds(-120) });
    assert.deepEqual(keyRows([key, { ...key, status: 'disabled' }, { ...key, accountGroups: ['Team', ''], accountPlans: ['pro'] }], reader).map(({ description }) => description), [
      'OpenAI · gpt-5.5 · high  2 min ago', 'OpenAI · gpt-5.5 · high · disabled', 'OpenAI · gpt-5.5 · high · only Team, no group, pro  2 min ago',
    ]);
  });
});

describe('gatewayRows', () => {
  it('says where it listens, who leads, and what happened', () => {
    const rows = gatewayRows(snapshot({}), reader);
    assert.deepEqual(rows.map(({ label }) => label), ['http://localhost:48760', 'Strategy', 'This window leads']);
    const paused = gatewayRows(snapshot({ gateway: { state: 'running', addresses: [], port: 48_760, message: null, paused: true } }), reader)[0];
    assert.deepEqual([paused?.label, paused?.description, paused?.context], ['http://localhost:48760', 'paused', 'gateway;paused']);
    const busy = gatewayRows(snapshot({ gateway: { state: 'portBusy', addresses: [], port: 48_760, message: 'Port 48760 is used.', paused: false } }), reader);
    assert.deepEqual([busy[0]?.label, busy[0]?.command?.id], ['Port 48760 is busy', 'codexmanager.gateway.changePort']);
    const pinned = gatewayRows(snapshot({ accounts: [account({})], route: { strategy: 'drain', locked: true, pinned: { accountId: account({}).id, until: inSeconds(600) } } }), reader);
    assert.deepEqual(pinned.slice(1, 3).map(({ label, description, context }) => [label, description, context]), [['Strategy', 'Drain · set by a variable', 'strategy;locked'], ['Asked first', 'work@example.com · until 14:10', 'pinned']]);
    const over = gatewayRows(snapshot({ route: { strategy: 'ordered', locked: false, pinned: { accountId: account({}).id, until: inSeconds(-1) } } }), reader);
    assert.deepEqual(over.map(({ id }) => id), ['state', 'strategy', 'seat']);
    assert.deepEqual(gatewayRows(snapshot({ seat: { role: 'failed', error: new AppError('dataKeyMissing', 'x') } }), reader), []);
  });
});

describe('words for numbers and times', () => {
  it('are short and exact', () => {
    assert.deepEqual([0, 0.4, 4, 62, 100].map((left) => bar(left)), ['░░░░░░░░░░', '▓░░░░░░░░░', '▓░░░░░░░░░', '▓▓▓▓▓▓░░░░', '▓▓▓▓▓▓▓▓▓▓']);
    assert.deepEqual([bar(1, 4), bar(62, 4), alignedPercent(8), alignedPercent(100)], ['▓░░░', '▓▓░░', '\u2007\u20078 %', '100 %']);
    assert.deepEqual([timeText(inSeconds(60), reader), timeText(inSeconds(86_400), reader), timeText(inSeconds(10 * 86_400), reader)], ['14:01', 'Wed 14:00', '4 Dec 14:00']);
    assert.deepEqual([-5, 45, 119, 120, 600, 7_800, 90_000].map((seconds) => countdownText(inSeconds(seconds), now)), ['now', '45s', '119s', '2m', '10m', '2h 10m', '1d 1h']);
    assert.deepEqual([agoText(null, reader), agoText(inSeconds(-5), reader), agoText(inSeconds(-7_200), reader)], ['never used', 'just now', '12:00']);
    assert.deepEqual([300, 10_080, 43_200, 1_440, 90, null].map((minutes) => windowName({ name: 'extra', minutes })), ['5-hour window', 'Weekly window', 'Monthly window', '1-day window', '90-minute window', 'extra']);
    assert.deepEqual([300, 10_080, 90, null].map((minutes) => shortWindowName({ name: 'extra', minutes })), ['5 h', '7 days', '90 min', 'extra']);
    assert.equal(escapeMarkdown('a*b\nc'), 'a\\*b c');
  });
});
