import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AccountId } from '../../../src/contract/account.ts';
import { accountStatus } from '../../../src/core/accountStatus.ts';
import { readClaims } from '../../../src/core/jwtClaims.ts';
import { bundledModels, modelsBody } from '../../../src/core/modelCatalogue.ts';
import { readUsageHeaders } from '../../../src/core/usageHeaders.ts';
import { spentUntil } from '../../../src/core/usageWindows.ts';
import { freshState, type AccountState, type StoredAccount } from '../../../src/core/records.ts';

const now = 1_800_000_000_000;

function stored(state: Partial<AccountState>, enabled = true): StoredAccount {
  return {
    account: { id: AccountId.parse('a'), subject: 's', chatgptAccountId: null, email: null, plan: null, label: 'a', groupName: null, sort: 0, enabled, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null },
    tokens: { idToken: null, accessToken: 'a', refreshToken: null, apiKey: null, accessExpiresAt: null, lastRefresh: 0, replacedHash: null },
    state: { ...freshState, ...state },
  };
}

describe('accountStatus', () => {
  const window = { name: '5 h', minutes: 300, usedPercent: 20, resetsAt: now / 1000 + 60, scope: 'account' as const };

  it('says the first thing that holds', () => {
    const everything = { needsLogin: 'refresh_token_reused', blocked: 'x', exhaustedUntil: now + 5_000, coolUntil: now + 2_000, coolReason: 'rate_limited', windows: [window] };
    assert.equal(accountStatus(stored(everything, false), now).status, 'disabled');
    assert.deepEqual(accountStatus(stored(everything), now), { status: 'needsLogin', reason: 'refresh_token_reused', availableAt: null });
    assert.equal(accountStatus(stored({ ...everything, needsLogin: null }), now).status, 'blocked');
    assert.deepEqual(accountStatus(stored({ ...everything, needsLogin: null, blocked: null }), now), { status: 'exhausted', reason: 'usage_limit_reached', availableAt: now / 1000 + 5 });
    assert.deepEqual(accountStatus(stored({ coolUntil: now + 2_000, coolReason: 'rate_limited' }), now), { status: 'coolingDown', reason: 'rate_limited', availableAt: now / 1000 + 2 });
    assert.equal(accountStatus(stored({ windows: [{ ...window, usedPercent: 86 }] }), now).status, 'low');
    assert.equal(accountStatus(stored({ windows: [window] }), now).status, 'ready');
    assert.equal(accountStatus(stored({}), now).status, 'unknown');
  });
});

describe('readUsageHeaders', () => {
  const headers = {
    'x-codex-primary-used-percent': '42.5', 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-at': String(now / 1000 + 60),
    'x-codex-secondary-used-percent': '100', 'x-codex-secondary-window-minutes': '10080', 'x-codex-secondary-reset-at': String(now / 1000 + 600),
    'x-codex-fast-primary-used-percent': '100', 'x-codex-fast-primary-window-minutes': '60', 'x-codex-fast-primary-reset-at': String(now / 1000 + 6000), 'x-codex-fast-limit-name': 'GPT-Fast',
  };

  it('names windows by their length and keeps further limits by name', () => {
    assert.deepEqual(readUsageHeaders(headers, now).windows.map(({ name, usedPercent }) => [name, usedPercent]), [['5 h', 42.5], ['7 d', 100], ['GPT-Fast 1 h', 100]]);
    assert.deepEqual(readUsageHeaders({}, now).windows, []);
    assert.deepEqual(readUsageHeaders({ 'x-codex-primary-used-percent': '0', 'x-codex-primary-window-minutes': '0' }, now).windows, []);
  });

  it('finds a spent account only by its own windows', () => {
    assert.equal(spentUntil(readUsageHeaders(headers, now).windows, now), now + 600_000);
    assert.equal(spentUntil(readUsageHeaders({ ...headers, 'x-codex-secondary-used-percent': '99' }, now).windows, now), null);
    assert.equal(spentUntil(readUsageHeaders(headers, now).windows, now + 700_000), null);
  });
});

describe('modelsBody', () => {
  it('gives Codex every field it requires, each slug once', () => {
    const { models } = JSON.parse(modelsBody(bundledModels)) as { models: Record<string, unknown>[] };
    const required = ['slug', 'display_name', 'supported_reasoning_levels', 'shell_type', 'visibility', 'supported_in_api', 'priority', 'base_instructions', 'support_verbosity', 'truncation_policy', 'experimental_supported_tools'];
    for (const model of models) for (const field of required) assert.notEqual(model[field], undefined, field);
    assert.equal(new Set(models.map(({ slug }) => slug)).size, models.length);
  });
});

describe('readClaims', () => {
  it('never throws, and reads nothing from what is no JWT', () => {
    fc.assert(fc.property(fc.string(), (text) => void readClaims(text)));
    for (const text of ['', 'a.b', 'a.b.c', 'a..c', 'a.####.c', `a.${Buffer.from('5').toString('base64url')}.c`, `a.${Buffer.from([0xff, 0xfe]).toString('base64url')}.c`]) assert.equal(readClaims(text), null, text);
  });
});
