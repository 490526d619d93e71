import assert from 'node:assert/strict';
import { Account } from '../../../src/contract/account.ts';
import { accountRow } from '../../../src/vscode/views/accountRows.ts';
import { AccountTree } from '../../../src/vscode/views/accountTree.ts';
import { accountTooltip } from '../../../src/vscode/views/accountTooltip.ts';
import { arrangeOf, readRows, type DropRow } from '../../../src/vscode/views/accountDrop.ts';
import { accountIdsOf, childrenOf, type RowModel } from '../../../src/vscode/views/rowModel.ts';

const now = new Date(2026, 10, 24, 14, 0).getTime();
const reader = { now, locale: 'en-GB' };
const inSeconds = (seconds: number): number => Math.round(now / 1000) + seconds;

function account(over: Record<string, unknown>): Account {
  return Account.parse({ id: 'acc_1', label: 'work@example.com', groupName: 'TEAM', sort: 0, email: 'work@example.com', plan: 'team', enabled: true, status: 'ready', statusReason: null, availableAt: null, windows: [], ...over });
}

describe('the tooltip of an account', () => {
  it('shows the claims of its login and what was set on it', () => {
    const text = accountTooltip(account({
      label: 'Work', chatgptAccountId: '1111-2222', workspaceName: 'Acme', workspaceRole: 'owner', tokenExpiresAt: inSeconds(3_600), lastRefresh: inSeconds(-600),
      tags: ['eu', 'big one'], note: 'paid by Ann', codexShared: true, proxy: 'http://…@p:1',
    }), reader).split(/\s*\n+/);
    assert.deepEqual(text, [
      '**Work** · team', 'work@example\\.com', '$(pass) Ready', 'Workspace: Acme, owner', 'Account id: 1111\\-2222', 'Login: renews by itself, next before 15:00', 'Last renewed: 13:50',
      'Codex CLI: kept in step with its auth\\.json on this computer', 'Proxy: http://…@p:1', 'Tags: \\#eu \\#big one', '$(note) paid by Ann',
    ]);
  });

  it('says what is kept from the gateway, and when it no longer may', () => {
    const kept = account({ status: 'unavailable', statusReason: 'reserved', availableAt: inSeconds(600), reservePercent: 20, windows: [] });
    const text = accountTooltip(kept, reader);
    assert.match(text, /\$\(shield\) Kept for you: the gateway leaves it alone until its window resets/);
    assert.match(text, /Kept for you: the last 20 % of each window/);
    assert.deepEqual([accountRow(kept, reader).description, accountRow(kept, reader).icon], ['kept for you until 14:10', 'shield']);
  });

  it('says of each kind of login how it ends', () => {
    const login = (over: Record<string, unknown>): string | undefined => /Login: (.*)/.exec(accountTooltip(account(over), reader))?.[1]?.trimEnd();
    assert.equal(login({}), 'renews by itself');
    assert.equal(login({ tokenExpiresAt: inSeconds(-60) }), 'renews by itself');
    assert.equal(login({ status: 'needsLogin' }), 'no longer renews');
    assert.equal(login({ kind: 'accessOnly', tokenExpiresAt: inSeconds(3_600) }), 'ends on 15:00, cannot be renewed');
    assert.equal(login({ kind: 'accessOnly', tokenExpiresAt: inSeconds(-3_600) }), 'ended 13:00, cannot be renewed');
    assert.equal(login({ kind: 'personalToken' }), 'personal access token');
  });

  it('lets no name, claim, tag or note become Markdown', () => {
    const evil = '[x](command:evil) <b>`$(zap)';
    const text = accountTooltip(account({ label: evil, email: evil + '1', plan: evil, workspaceName: evil, workspaceRole: evil, chatgptAccountId: evil, tags: [evil], note: evil, status: 'blocked', statusReason: evil, windows: [{ name: evil, minutes: null, usedPercent: 1, resetsAt: null }] }), reader);
    assert.doesNotMatch(text, /\[x\]\(command/);
    assert.doesNotMatch(text, /(?<!\\)<b|(?<!\\)\$\(zap/);
    assert.equal(text.match(/\\\[x\\\]\\\(command/g)?.length, 10);
  });
});

describe('the row of an account', () => {
  it('shows a few tags behind what is left, and says them', () => {
    const row = accountRow(account({ status: 'disabled', tags: ['a', 'b', 'c', 'd'] }), reader);
    assert.equal(row.description, 'paused  #a  #b  #c');
    assert.equal(row.spoken, 'work@example.com, Paused, paused  #a  #b  #c');
  });
});

describe('a drop on the accounts', () => {
  const accounts = [['a', 'TEAM'], ['b', 'TEAM'], ['c', null], ['d', 'HOME'], ['e', 'HOME']].map(([id, groupName], sort) => account({ id, label: id, groupName, sort }));
  const rows = new AccountTree().rows(accounts, reader);
  const named = (label: string): DropRow => {
    const row = [...rows, ...rows.flatMap(childrenOf)].find((one) => one.label === label) as RowModel;
    return { id: row.id, accountIds: [...accountIdsOf([row])], isGroup: row.context === 'group' };
  };
  const drop = (dragged: string[], target: string | null) => arrangeOf(dragged.map(named), target === null ? null : named(target), accounts);

  it('puts an account before the one it is dropped on, and behind it when it comes from above', () => {
    assert.deepEqual(drop(['e'], 'a'), { accountIds: ['e'], before: 'a', groupName: 'TEAM' });
    assert.deepEqual(drop(['a'], 'b'), { accountIds: ['a'], before: 'c', groupName: 'TEAM' });
    assert.deepEqual(drop(['a'], 'e'), { accountIds: ['a'], before: null, groupName: 'HOME' });
    assert.deepEqual(drop(['a'], 'c'), { accountIds: ['a'], before: 'd', groupName: null });
  });

  it('puts accounts dropped on a group at its end, in the order of the list', () => {
    assert.deepEqual(drop(['d', 'c'], 'TEAM'), { accountIds: ['c', 'd'], before: 'e', groupName: 'TEAM' });
    assert.deepEqual(drop(['a', 'e'], 'No group'), { accountIds: ['a', 'e'], before: 'd', groupName: null });
    assert.deepEqual(drop(['a', 'b'], 'HOME'), { accountIds: ['a', 'b'], before: null, groupName: 'HOME' });
  });

  it('moves a whole group among the groups, and nobody out of it', () => {
    assert.deepEqual(drop(['HOME'], 'TEAM'), { accountIds: ['d', 'e'], before: 'a' });
    assert.deepEqual(drop(['TEAM'], 'd'), { accountIds: ['a', 'b'], before: null });
    assert.deepEqual(drop(['HOME'], 'b'), { accountIds: ['d', 'e'], before: 'a' });
  });

  it('puts what is dropped on no row at the end', () => {
    assert.deepEqual(drop(['a'], null), { accountIds: ['a'], before: null });
  });

  it('means the rows that were dragged, also when VS Code can name them no more', () => {
    const [a, b] = [named('a'), named('TEAM')];
    assert.deepEqual(readRows(JSON.stringify([a]), [b]), [a]);
    for (const text of ['', '{"id":"codexmanager.accounts","itemHandles":["1/a"]}', 'null']) assert.deepEqual(readRows(text, [b]), [b], text);
  });

  it('does nothing when nothing would move', () => {
    assert.equal(drop(['a'], 'a'), null);
    assert.equal(drop(['TEAM'], 'a'), null);
    assert.equal(drop(['a', 'b'], 'TEAM'), null);
    assert.equal(arrangeOf([{ id: 'gone', accountIds: ['gone'], isGroup: false }], null, accounts), null);
  });
});
