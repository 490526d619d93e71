import assert from 'node:assert/strict';
import { Account } from '../../../../src/contract/account.ts';
import { poolFigures, tightestOf } from '../../../../src/core/display/accountState.ts';
import { costText, countText, shortNumber } from '../../../../src/core/display/amounts.ts';
import { usageReasonText } from '../../../../src/core/display/reasons.ts';
import { firstEmpty, paceText } from '../../../../src/core/display/windowText.ts';

describe('words for amounts', () => {
  it('are short, and have no digit that says nothing', () => {
    assert.deepEqual([null, 0, 812, 999, 1_000, 12_449, 999_949, 999_950, 4_100_000, 1_234_500_000].map(countText), ['–', '0', '812', '999', '1 k', '12.4 k', '999.9 k', '1 M', '4.1 M', '1,234.5 M']);
    assert.deepEqual([0, 0.0042, 6.2, 1_234.567].map(costText), ['≈ $0.00', '≈ $0.0042', '≈ $6.20', '≈ $1,234.57']);
    assert.deepEqual([2.44, 30, 0.04].map(shortNumber), ['2.4', '30', '0']);
  });
});

describe('words for why usage was not read', () => {
  it('name the cause', () => {
    const words = ['needs_login', 'http_503', 'http_418', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'refresh_token_reused', 'odd_thing'].map(usageReasonText);
    assert.deepEqual(words, [
      'it needs you to sign in again first', 'the provider is in trouble (503)', 'the provider answered 418', 'the provider could not be reached (ECONNREFUSED)', 'the provider could not be reached (UND_ERR_CONNECT_TIMEOUT)',
      'its refresh token was used elsewhere', 'odd_thing',
    ]);
  });
});

describe('what is left of an account', () => {
  const account = Account.parse({
    id: 'a', label: 'a', groupName: null, sort: 0, email: null, plan: null, enabled: true, status: 'ready', statusReason: null, availableAt: null,
    windows: [{ name: '5 h', minutes: 300, usedPercent: 40, resetsAt: null }, { name: 'Code review 7 d', minutes: 10_080, usedPercent: 100, resetsAt: null, scope: 'extra' }],
  });

  it('is told by its own windows, not by those of one feature', () => {
    assert.equal(tightestOf(account, 0)?.left, 60);
    assert.equal(poolFigures([account], 0).left, 60);
  });
});

describe('the pace of windows', () => {
  const window = (emptyAt: number | null, scope = 'account') => ({ name: String(emptyAt), minutes: 300, usedPercent: 50, resetsAt: 9_000, scope, forecast: { perHour: 1, emptyAt } });
  const account = (...windows: unknown[]): Account => Account.parse({ id: 'a', label: 'a', groupName: null, sort: 0, email: null, plan: null, enabled: true, status: 'ready', statusReason: null, availableAt: null, windows });

  it('says which of an account\'s own is empty first, and nothing of what is past', () => {
    assert.equal(firstEmpty(account(window(null), window(900), window(800), window(700, 'extra'), window(500)), 600_000)?.name, '800');
    assert.equal(firstEmpty(account(window(null)), 600_000), null);
    const [past, ahead] = account(window(500), window(900)).windows;
    assert.ok(past && ahead);
    const reader = { now: 600_000, locale: 'en-GB' };
    assert.deepEqual([paceText(past, reader), /^empty .* at this pace$/.test(paceText(ahead, reader))], ['', true]);
  });
});
