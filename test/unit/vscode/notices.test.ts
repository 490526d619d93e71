import assert from 'node:assert/strict';
import type { Account, AccountId } from '../../../src/contract/account.ts';
import { NoticeClaims } from '../../../src/service/noticeClaims.ts';
import { noticesOf, type Notice } from '../../../src/vscode/notices/noticesOf.ts';
import { NoticeTeller } from '../../../src/vscode/notices/noticeTeller.ts';
import { noticesText, noticeText } from '../../../src/vscode/notices/noticeText.ts';
import { inSeconds, now, poolOf, reader, view, windowOf } from '../../lab/accountViews.ts';

const all = { low: true, exhausted: true, back: true, signIn: true };
const at = (status: string, over: Record<string, unknown> = {}): Account => view('a', { status, ...over });
const between = (old: Account, next: Account, wanted = all): string[] => noticesOf([old], [next], wanted, now).map(({ kind }) => kind);

describe('noticesOf', () => {
  it('tells what a person wants to hear of an account, once for each change', () => {
    const cases = {
      'ready → low': 'low', 'ready → exhausted': 'exhausted', 'low → exhausted': 'exhausted', 'exhausted → ready': 'back', 'exhausted → low': 'back', 'ready → needsLogin': 'signIn', 'blocked → needsLogin': 'signIn',
      'ready → ready': '', 'low → low': '', 'low → ready': '', 'unknown → low': '', 'unknown → exhausted': '', 'coolingDown → ready': '', 'exhausted → disabled': '', 'exhausted → coolingDown': '', 'needsLogin → ready': '',
    };
    for (const [change, expected] of Object.entries(cases)) {
      const [from = '', to = ''] = change.split(' → ');
      assert.equal(between(at(from), at(to)).join(), expected, change);
    }
  });

  it('tells only what is wanted', () => {
    assert.deepEqual(between(at('ready'), at('low'), { ...all, low: false }), []);
    assert.deepEqual(between(at('ready'), at('needsLogin'), { low: false, exhausted: false, back: false, signIn: false }), []);
  });

  it('tells nothing of the first state, and nothing of accounts that came or went', () => {
    assert.deepEqual(noticesOf(null, [at('exhausted')], all, now), []);
    assert.deepEqual(noticesOf([at('ready')], null, all, now), []);
    assert.deepEqual(noticesOf([], [at('needsLogin')], all, now), []);
    assert.deepEqual(noticesOf([at('ready')], [], all, now), []);
  });

  it('knows the period of a window, whoever hears of it and however often', () => {
    const keyOf = (status: string, over: Record<string, unknown>, from = 'ready'): string | undefined => noticesOf([at(from, over)], [at(status, over)], all, now)[0]?.key;
    const period = { windows: [windowOf(300, 95, 600), windowOf(10_080, 50, 90_000)] };
    assert.equal(keyOf('low', period), keyOf('low', { windows: [windowOf(300, 99, 600)] }));
    assert.notEqual(keyOf('low', period), keyOf('low', { windows: [windowOf(300, 95, 600 + 18_000)] }));
    assert.notEqual(keyOf('low', period), keyOf('low', { windows: [windowOf(300, 50, 600), windowOf(10_080, 95, 600)] }));
    assert.notEqual(keyOf('low', period), keyOf('exhausted', period));
    assert.notEqual(keyOf('needsLogin', { lastRefresh: 1 }), keyOf('needsLogin', { lastRefresh: 2 }));
    assert.notEqual(keyOf('ready', { availableAt: 1 }, 'exhausted'), keyOf('ready', { availableAt: 2 }, 'exhausted'));
  });
});

describe('what a notice says', () => {
  const text = (status: string, from: string, over: Record<string, unknown> = {}, usage = poolOf({ ready: 0 })): string => {
    const [notice] = noticesOf([at(from)], [at(status, over)], all, now);
    assert.ok(notice);
    return noticeText(notice, usage, reader).message;
  };

  it('names the account, what happened, and what follows', () => {
    const low = { windows: [windowOf(300, 88, 7_800)] };
    assert.equal(text('low', 'ready', low), 'a@example.com is low: 12 % of its 5-hour window left, resets 16:10.');
    assert.equal(text('ready', 'exhausted', { windows: [] }), 'a@example.com is back: it can work again.');
    assert.equal(text('exhausted', 'ready', { availableAt: inSeconds(7_800) }), 'a@example.com is spent until 16:10. No other account is ready.');
    const next = (id: string) => poolOf({ next: { accountId: id as AccountId, label: `${id}@example.com`, reason: 'ordered' } });
    assert.match(text('exhausted', 'ready', {}, next('b')), /^a@example\.com is spent\. Requests go on with b@example\.com\.$/);
    assert.match(text('exhausted', 'ready', {}, next('a')), /Requests go on with the next account\.$/);
    assert.equal(text('needsLogin', 'ready', { statusReason: 'refresh_token_reused' }), 'a@example.com needs you to sign in again: its refresh token was used elsewhere.');
  });

  it('says many things in one sentence', () => {
    const notices = ['exhausted', 'needsLogin', 'needsLogin', 'low'].flatMap((status) => noticesOf([at('ready')], [at(status)], all, now));
    assert.deepEqual(noticesText(notices), { message: '4 accounts: 2 need you to sign in again, 1 is spent, 1 is low.', severity: 'warning' });
    assert.equal(noticesText(notices.filter(({ kind }) => kind === 'low')).severity, 'info');
  });
});

describe('NoticeTeller', () => {
  const noticesFor = (...ids: string[]): Notice[] => ids.map((id) => ({ kind: 'low', key: `low:${id}`, account: view(id) }));
  const tellers: NoticeTeller<Notice>[] = [];
  afterEach(() => tellers.splice(0).forEach((teller) => teller.dispose()));

  /** A window; `said` resolves with the next thing it tells. */
  function windowOn(claims: { claim(keys: readonly string[]): readonly string[] } | null, isFocused: boolean) {
    const told: string[][] = [];
    let heard = Promise.withResolvers<void>();
    const tell = (notices: readonly Notice[]): void => {
      told.push(notices.map(({ account }) => account.id));
      heard.resolve();
      heard = Promise.withResolvers();
    };
    const asked: string[][] = [];
    const teller = new NoticeTeller({
      isFocused: () => isFocused, tellOne: (notice) => tell([notice]), tellMany: tell,
      claim: (keys) => {
        asked.push(keys);
        return claims ? Promise.resolve(keys).then((wanted) => claims.claim(wanted)) : Promise.reject(new Error('nobody leads'));
      },
    });
    tellers.push(teller);
    return { teller, told, asked, said: () => heard.promise };
  }

  it('tells each thing once over all windows, and in the one in front', async () => {
    const claims = new NoticeClaims();
    const [behind, front] = [windowOn(claims, false), windowOn(claims, true)];
    const asked = new Promise<void>((done) => {
      const original = claims.claim.bind(claims);
      let calls = 0;
      claims.claim = (keys) => {
        if ((calls += 1) === 2) done();
        return original(keys);
      };
    });
    for (const { teller } of [behind, front]) teller.hear(noticesFor('a'));
    await front.said();
    assert.deepEqual(behind.asked, []);
    await asked;
    assert.deepEqual([front.told, behind.told, behind.asked], [[['a']], [], [['low:a']]]);
  });

  it('tells what happens within a moment one by one up to three, and more in one', async () => {
    const { teller, told, said } = windowOn(new NoticeClaims(), true);
    teller.hear(noticesFor('a', 'b'));
    teller.hear(noticesFor('c'));
    await said();
    assert.deepEqual(told, [['a'], ['b'], ['c']]);
    teller.hear(noticesFor('d', 'e', 'f'));
    teller.hear(noticesFor('g'));
    await said();
    assert.deepEqual(told.slice(3), [['d', 'e', 'f', 'g']]);
  });

  it('does not tell again what it told, although the engine forgot', async () => {
    const { teller, told, said, asked } = windowOn({ claim: (keys) => keys }, true);
    teller.hear(noticesFor('a'));
    await said();
    teller.hear(noticesFor('a', 'b'));
    await said();
    assert.deepEqual([told, asked], [[['a'], ['b']], [['low:a'], ['low:b']]]);
  });

  it('tells in the window in front alone when nobody leads', async () => {
    const { promise: askedBehind, resolve } = Promise.withResolvers<void>();
    const behind = windowOn({ claim: () => { resolve(); throw new Error('nobody leads'); } }, false);
    const front = windowOn(null, true);
    for (const { teller } of [behind, front]) teller.hear(noticesFor('a'));
    await front.said();
    await askedBehind;
    await new Promise((done) => void setImmediate(done));
    assert.deepEqual([front.told, behind.told], [[['a']], []]);
  });
});
