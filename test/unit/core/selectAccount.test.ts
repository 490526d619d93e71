import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import { freshState, type AccountState, type StoredAccount } from '../../../src/core/records.ts';
import { listCandidates, selectAccount, skipOf } from '../../../src/core/selectAccount.ts';

const now = 1_800_000_000_000;

function account(name: string, state: Partial<AccountState> = {}, enabled = true): StoredAccount {
  return {
    account: { id: AccountId.parse(name), subject: name, chatgptAccountId: null, email: null, plan: null, label: name, groupName: null, sort: 0, enabled, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null },
    tokens: { idToken: null, accessToken: 'a', refreshToken: 'r', apiKey: null, accessExpiresAt: null, lastRefresh: 0, replacedHash: null },
    state: { ...freshState, ...state },
  };
}

describe('skipOf', () => {
  it('names the reason and when it ends', () => {
    assert.equal(skipOf(account('a'), 'm', now), null);
    assert.deepEqual(skipOf(account('a', {}, false), 'm', now), { reason: 'disabled', until: null });
    assert.deepEqual(skipOf(account('a', { needsLogin: 'x' }), 'm', now), { reason: 'needsLogin', until: null });
    assert.deepEqual(skipOf(account('a', { blocked: 'x' }), 'm', now), { reason: 'blocked', until: null });
    assert.deepEqual(skipOf(account('a', { exhaustedUntil: now + 1 }), 'm', now), { reason: 'exhausted', until: now + 1 });
    assert.deepEqual(skipOf(account('a', { coolUntil: now + 1 }), 'm', now), { reason: 'coolingDown', until: now + 1 });
    assert.deepEqual(skipOf(account('a', { modelBlocks: { m: now + 1 } }), 'm', now), { reason: 'modelBlocked', until: now + 1 });
  });

  it('ends on the millisecond, and a blocked model leaves the others alone', () => {
    assert.equal(skipOf(account('a', { exhaustedUntil: now, coolUntil: now, modelBlocks: { m: now } }), 'm', now), null);
    assert.equal(skipOf(account('a', { modelBlocks: { m: now + 1 } }), 'other', now), null);
  });
});

describe('selectAccount', () => {
  it('takes the first eligible account in order that was not tried', () => {
    const [a, b, c] = [account('a', { coolUntil: now + 1 }), account('b'), account('c')] as const;
    assert.equal(selectAccount([a, b, c], { model: 'm', now, tried: new Set() }), b);
    assert.equal(selectAccount([a, b, c], { model: 'm', now, tried: new Set([b.account.id]) }), c);
    assert.equal(selectAccount([a], { model: 'm', now, tried: new Set() }), null);
  });
});

describe('listCandidates', () => {
  it('lists eligible accounts in order up to the limit', () => {
    const accounts = [account('a'), account('b', { blocked: 'x' }), account('c'), account('d')];
    assert.deepEqual(listCandidates(accounts, { model: null, now, tried: new Set() }, 2).map((found) => found.account.label), ['a', 'c']);
  });
});
