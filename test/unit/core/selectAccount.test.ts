import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import { freshState, type AccountState, type StoredAccount } from '../../../src/core/records.ts';
import { type Asking, anyRequest, listCandidates, selectAccount, skipOf } from '../../../src/core/selectAccount.ts';

const now = 1_800_000_000_000;

function account(name: string, state: Partial<AccountState> = {}, enabled = true): StoredAccount {
  return {
    account: { id: AccountId.parse(name), subject: name, chatgptAccountId: null, email: null, plan: null, label: name, groupName: null, sort: 0, enabled, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null },
    tokens: { idToken: null, accessToken: 'a', refreshToken: 'r', apiKey: null, accessExpiresAt: null, lastRefresh: 0, replacedHash: null },
    state: { ...freshState, ...state },
  };
}

const asking = { ...anyRequest, model: 'm' };

describe('skipOf', () => {
  it('names the reason and when it ends', () => {
    assert.equal(skipOf(account('a'), asking, now), null);
    assert.deepEqual(skipOf(account('a', {}, false), asking, now), { reason: 'disabled', until: null });
    assert.deepEqual(skipOf(account('a', { needsLogin: 'x' }), asking, now), { reason: 'needsLogin', until: null });
    assert.deepEqual(skipOf(account('a', { blocked: 'x' }), asking, now), { reason: 'blocked', until: null });
    assert.deepEqual(skipOf(account('a', { exhaustedUntil: now + 1 }), asking, now), { reason: 'exhausted', until: now + 1 });
    assert.deepEqual(skipOf(account('a', { coolUntil: now + 1 }), asking, now), { reason: 'coolingDown', until: now + 1 });
    assert.deepEqual(skipOf(account('a', { modelBlocks: { m: now + 1 } }), asking, now), { reason: 'modelBlocked', until: now + 1 });
  });

  it('ends on the millisecond, and a blocked model leaves the others alone', () => {
    assert.equal(skipOf(account('a', { exhaustedUntil: now, coolUntil: now, modelBlocks: { m: now } }), asking, now), null);
    assert.equal(skipOf(account('a', { modelBlocks: { m: now + 1 } }), { ...asking, model: 'other' }, now), null);
  });

  it('keeps what is left of a window for the person, until it resets', () => {
    const window = (usedPercent: number, resetsAt: number | null, scope: 'account' | 'extra' = 'account') => ({ name: 'w', minutes: 300, usedPercent, resetsAt, scope });
    const kept = (...windows: ReturnType<typeof window>[]) => {
      const stored = account('a', { windows, windowsAt: now });
      return skipOf({ ...stored, account: { ...stored.account, reservePercent: 20 } }, asking, now);
    };
    assert.equal(kept(window(79.9, now / 1000 + 60)), null);
    assert.deepEqual(kept(window(80, now / 1000 + 60), window(90, now / 1000 + 90), window(99, now / 1000 + 900, 'extra')), { reason: 'reserved', until: now + 90_000 });
    assert.equal(kept(window(95, now / 1000)), null, 'it was reset');
    assert.deepEqual(kept(window(95, null)), { reason: 'reserved', until: now + 86_400_000 });
    assert.equal(skipOf(account('a', { windows: [window(99, now / 1000 + 60)], windowsAt: now }), asking, now), null, 'nothing is kept unless a person says so');
  });

  it('lets a key use only accounts of its groups and plans', () => {
    const stored = account('a', { coolUntil: now + 1 });
    const of = (groupName: string | null, plan: string | null, over: Partial<Asking>) => skipOf({ ...stored, account: { ...stored.account, groupName, plan } }, { ...asking, ...over }, now)?.reason;
    assert.deepEqual([of('Team', null, { groups: ['Team'] }), of('Team', null, { groups: ['team'] }), of(null, null, { groups: ['Team'] }), of(null, null, { groups: [''] })], ['coolingDown', 'otherGroup', 'otherGroup', 'coolingDown']);
    assert.deepEqual([of(null, 'Plus', { plans: ['plus', 'pro'] }), of(null, 'free', { plans: ['plus'] }), of(null, null, { plans: ['plus'] })], ['coolingDown', 'otherPlan', 'otherPlan']);
  });
});

describe('selectAccount', () => {
  it('takes the first eligible account in order that was not tried', () => {
    const [a, b, c] = [account('a', { coolUntil: now + 1 }), account('b'), account('c')] as const;
    assert.equal(selectAccount([a, b, c], { ...asking, now, tried: new Set() }), b);
    assert.equal(selectAccount([a, b, c], { ...asking, now, tried: new Set([b.account.id]) }), c);
    assert.equal(selectAccount([a], { ...asking, now, tried: new Set() }), null);
  });
});

describe('listCandidates', () => {
  it('lists eligible accounts in order up to the limit', () => {
    const accounts = [account('a'), account('b', { blocked: 'x' }), account('c'), account('d')];
    assert.deepEqual(listCandidates(accounts, { ...anyRequest, now, tried: new Set() }, 2).map((found) => found.account.label), ['a', 'c']);
  });
});
