import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AccountId } from '../../../src/contract/account.ts';
import { dueSince, nextRefresh, pauseAfter, refreshTime } from '../../../src/core/nextRefresh.ts';
import { freshState, type AccountState, type StoredAccount, type TokenRecord } from '../../../src/core/records.ts';

const now = 1_800_000_000_000;
const seconds = now / 1000;
const day = 86_400;

function stored(tokens: Partial<TokenRecord>, state: Partial<AccountState> = {}, changes: { id?: string; enabled?: boolean } = {}): StoredAccount {
  return {
    account: { id: AccountId.parse(changes.id ?? 'acc_a'), subject: 's', chatgptAccountId: null, email: null, plan: null, label: 'a', groupName: null, sort: 0, enabled: changes.enabled ?? true, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: false, reservePercent: 0, proxyUrl: null },
    tokens: { idToken: null, accessToken: 'a', refreshToken: 'r', apiKey: null, accessExpiresAt: seconds + 10 * day, lastRefresh: seconds, replacedHash: null, ...tokens },
    state: { ...freshState, ...state },
  };
}
/** Seconds from now, rounded; null when never. */
function due(tokens: Partial<TokenRecord>): number | null {
  const next = nextRefresh(stored(tokens), now);
  return next && Math.round((next.at - now) / 1000);
}
const jitter = Math.round(-(due({ accessExpiresAt: seconds + 600, lastRefresh: seconds - day }) ?? 0));

describe('nextRefresh', () => {
  const table: readonly (readonly [string, Partial<TokenRecord>, number | null])[] = [
    ['ten minutes and its jitter before the access token ends', { accessExpiresAt: seconds + 10 * day }, 10 * day - 600 - jitter],
    ['in the past when that moment was missed', { accessExpiresAt: seconds - 3600, lastRefresh: seconds - 10 * day }, -3600 - 600 - jitter],
    ['at half the life of a short token', { accessExpiresAt: seconds + 300 }, 150],
    ['eight days after an opaque token came', { accessExpiresAt: null, lastRefresh: seconds - 7 * day }, day - jitter],
    ['at once when nobody knows how old an opaque token is', { accessExpiresAt: null, lastRefresh: 0 }, 8 * day - jitter - seconds],
    ['eight days from now when an opaque token came in the future', { accessExpiresAt: null, lastRefresh: seconds + 30 * day }, 8 * day - jitter],
    ['at once when a file was imported that was over already', { accessExpiresAt: seconds - 60, lastRefresh: seconds }, -660],
    ['an hour later when our own renewal seems to be over already: the clock is wrong', { accessExpiresAt: seconds - 60, lastRefresh: seconds, replacedHash: 'h' }, 3600],
    ['by the end of the token when the last refresh is in the future', { accessExpiresAt: seconds + day, lastRefresh: seconds + 2 * day }, day - 600],
    ['never without a refresh token', { refreshToken: null, accessExpiresAt: seconds }, null],
  ];
  for (const [name, tokens, expected] of table) it(name, () => assert.equal(due(tokens), expected));

  it('says why', () => {
    assert.equal(nextRefresh(stored({}), now)?.reason, 'proactive_expiry');
    assert.equal(nextRefresh(stored({ accessExpiresAt: null }), now)?.reason, 'scheduled');
  });

  it('leaves alone whom only a person can help, and keeps a paused login alive', () => {
    assert.equal(nextRefresh(stored({}, { needsLogin: 'refresh_token_reused' }), now), null);
    assert.equal(nextRefresh(stored({}, { blocked: 'account_deactivated' }), now), null);
    assert.notEqual(nextRefresh(stored({}, { coolUntil: now + 1, exhaustedUntil: now + 1 }, { enabled: false }), now), null);
  });

  it('spreads accounts over two minutes, each at the same place every time', () => {
    const at = (id: string): number => refreshTime(AccountId.parse(id), stored({}).tokens, now)?.at ?? 0;
    const places = Array.from({ length: 200 }, (_, i) => at(`acc_${i}`));
    assert.deepEqual(places, Array.from({ length: 200 }, (_, i) => at(`acc_${i}`)));
    const latest = now + 10 * day * 1000 - 600_000;
    assert.ok(places.every((place) => place <= latest && place > latest - 120_000));
    assert.ok(Math.max(...places) - Math.min(...places) > 90_000);
  });
});

describe('dueSince', () => {
  it('says the same as nextRefresh, whatever the tokens say', () => {
    const near = fc.integer({ min: seconds - 2 * day, max: seconds + 2 * day });
    const tokens = fc.record({ accessExpiresAt: fc.option(near), lastRefresh: fc.oneof(fc.constant(0), near), replacedHash: fc.option(fc.constant('h')), refreshToken: fc.option(fc.constant('r')) });
    fc.assert(fc.property(tokens, fc.integer({ min: -1_000_000, max: 1_000_000 }), (some, passed) => {
      const account = stored(some);
      const at = nextRefresh(account, now + passed)?.at ?? Infinity;
      assert.equal(dueSince(account, now + passed), at <= now + passed ? at : null);
    }));
  });
});

describe('pauseAfter', () => {
  it('doubles from half a minute to a quarter of an hour, a fifth more or less', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 60].map((failures) => pauseAfter(failures, 0.5)), [30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    assert.deepEqual([pauseAfter(1, 0), pauseAfter(1, 1)], [24_000, 36_000]);
  });
});
