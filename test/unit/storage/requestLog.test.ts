import assert from 'node:assert/strict';
import type { StatusClass } from '../../../src/contract/requestLog.ts';
import type { RequestLogRow } from '../../../src/core/records.ts';
import { parseQuery } from '../../../src/core/logQuery/parseQuery.ts';
import { logTuple } from '../../../src/core/logTuple.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, openOn, requestRow } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

const day = 86_400;
const quarter = 900;

describe('RequestLog', () => {
  let disk: MemoryDisk;
  let databases: Databases;
  beforeEach(async () => {
    disk = new MemoryDisk();
    databases = await openOn(disk);
  });
  afterEach(() => closeBoth(databases));

  const append = (...rows: Partial<RequestLogRow>[]) => databases.log.transaction(() => databases.requests.append(rows.map((row) => logTuple(requestRow(row)))));
  const termsOf = (query: string) => parseQuery(query, Date.now());
  const list = (query = '', limit = 100, beforeId: number | null = null, statusClass: StatusClass | null = null) =>
    databases.requests.list({ terms: [...termsOf(query), ...termsOf(statusClass === null ? '' : `status:${statusClass}`)], limit, beforeId, afterId: null });
  const found = (query: string) => list(query).map(({ traceId }) => traceId).sort().join(' ');

  it('gives back what it was given, newest first', () => {
    const row = requestRow({ statusCode: null, error: 'reset', model: null, estimatedCostUsd: 1.5e-5, attempts: [] });
    const [first, second] = append({}, row);
    assert.deepEqual(list(), [{ ...row, id: second }, { ...requestRow(), id: first }]);
  });

  it('finds a class of status together with a query, or nothing', () => {
    append({ traceId: 'a', statusCode: 200, model: 'one' }, { traceId: 'b', statusCode: 502, model: 'one' }, { traceId: 'c', statusCode: 503, model: 'two' }, { traceId: 'd', statusCode: null });
    const ids = (query: string, statusClass: StatusClass): string => list(query, 100, null, statusClass).map(({ traceId }) => traceId).join(' ');
    assert.deepEqual([ids('', '5xx'), ids('model:one', '5xx'), ids('model:one', '4xx'), ids('model:two', '2xx'), ids('one', '2xx')], ['c b', 'b', '', '', 'a']);
  });

  it('pages by id', () => {
    const ids = append(...Array.from({ length: 7 }, () => ({})));
    const pages = [list('', 3), list('', 3, ids[4]), list('', 3, ids[1])];
    assert.deepEqual(pages.map((page) => page.map(({ id }) => id)), [[7, 6, 5], [4, 3, 2], [1]]);
  });

  describe('search', () => {
    beforeEach(() => append(
      { traceId: 'a', accountId: 'acc::One', keyId: 'gk_aa', model: 'gpt-5.2', statusCode: 200 },
      { traceId: 'b', accountId: 'acc::two', keyId: 'gk_bb', model: 'gpt-5', reasoningEffort: 'low', statusCode: 429, error: 'usage limit_100% reached', method: 'GET' },
      { traceId: 'c', accountId: null, keyId: null, model: null, requestPath: '/v1/models', upstreamUrl: 'https://api.openai.com/v1', statusCode: 502, error: 'bad gateway', inputTokens: 77_123, reasoningEffort: null },
      { traceId: 'd', accountId: 'acc::two', model: 'GPT-5.2', statusCode: null, error: null, estimatedCostUsd: 0.9876 },
    ));

    const cases: Record<string, string> = {
      '': 'a b c d', '   ': 'a b c d',
      'account:two': 'b d', 'ACCOUNT_ID: One': 'a', 'account:=acc::two': 'b d', 'account:=two': '', 'account:none': '',
      'path:models': 'c', 'request_path:=/v1/models': 'c', 'method:get': 'b', 'method:=get': '', 'model:gpt-5': 'a b d', 'model:=gpt-5': 'b',
      'reasoning:low': 'b', 'reason:=high': 'a d', 'key:gk_b': 'b', 'key_id:=gk_aa': 'a', 'upstream:openai.com': 'c', 'url:chatgpt': 'a b d',
      'error:bad': 'c', 'error:=bad gateway': 'c', 'error:limit_1': 'b', 'error:limit%': '', 'error:%': 'b',
      'status:429': 'b', 'status:=502': 'c', 'status:5xx': 'c', 'status:4XX': 'b', 'status:1xx': '', 'status:abc': '',
      'gateway': 'c', 'GPT-5.2': 'a d', '502': 'c', '77123': 'c', '7712': 'c', '0.9876': 'd', '987': 'd', 'limit_100%': 'b', 'x%y': '', 'unknown:two': '', 'acc::two': 'b d', 'constructor:x': '',
    };
    for (const [query, traces] of Object.entries(cases)) it(`'${query}' finds ${traces || 'nothing'}`, () => assert.equal(found(query), traces));

    const beyond: Record<string, string> = {
      'account:two status:429': 'b', 'account:two bad': '', 'gateway status:5xx': 'c', 'model:gpt-5 effort:low': 'b', 'client:codex method:get': 'b', 'client:curl': '',
      'min:77000': '', 'min:121': '', 'min:120 max:120': 'a b c d', 'attempts:>1': '', 'attempts:1': 'a b c d', 'after:2020-01-01 model:gpt-5.2': 'a d', 'before:2020-01-01': '', '0.9876 model:5.2': 'd', '"502" "77123"': 'c', '"502" "0.9876"': '',
    };
    for (const [query, traces] of Object.entries(beyond)) it(`'${query}' finds ${traces || 'nothing'}`, () => assert.equal(found(query), traces));

    it('finds accounts by the ids of those whose names fit, besides their own', () => {
      const named = (ids: string[]) => databases.requests.list({ terms: [{ kind: 'column', column: 'account', value: 'one', exact: false, ids }], limit: 9, beforeId: null, afterId: null }).map(({ traceId }) => traceId).join(' ');
      assert.deepEqual([named([]), named(['acc::two']), named(['nobody'])], ['a', 'd b a', 'a']);
    });

    it('counts, no further than asked, in words and in numbers', () => {
      const count = (query: string, most = 100) => databases.requests.count(termsOf(query), most);
      assert.deepEqual([count(''), count('', 3), count('account:two'), count('gateway'), count('0.9876'), count('502'), count('nowhere to be found'), count('120'), count('120', 2)], [4, 3, 2, 1, 1, 1, 0, 4, 2]);
    });

    it('pages forward too, newest first, and between two rows', () => {
      const page = (beforeId: number | null, afterId: number | null, limit = 2) => databases.requests.list({ terms: [], limit, beforeId, afterId }).map(({ id }) => id);
      assert.deepEqual([page(null, 1), page(null, 2), page(null, 4), page(4, 1), page(null, 0, 9)], [[3, 2], [4, 3], [], [3, 2], [4, 3, 2, 1]]);
    });

    it('pages what it finds', () => {
      assert.deepEqual(list('account:two', 1).map(({ traceId }) => traceId), ['d']);
      assert.deepEqual(list('account:two', 1, 4).map(({ traceId }) => traceId), ['b']);
    });
  });

  it('sums exactly from midnight to midnight, in time zones of a quarter of an hour too, and after clear()', () => {
    const midnight = 20_000 * day - 5.75 * 3_600;
    append(
      { createdAt: midnight - 1, inputTokens: 1_000_000 }, { createdAt: midnight }, { createdAt: midnight, accountId: 'other', inputTokens: null, cachedInputTokens: null, outputTokens: null },
      { createdAt: midnight + day - 1, inputTokens: 10, cachedInputTokens: 30, estimatedCostUsd: null }, { createdAt: midnight + day, inputTokens: 1_000_000 },
      { createdAt: midnight + quarter, inputTokens: -5, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, estimatedCostUsd: 0 },
    );
    const expected = { inputTokens: 110, cachedInputTokens: 70, outputTokens: 40, reasoningOutputTokens: 15, todayTokens: 80, estimatedCost: 0.0025, requests: 4 };
    assert.deepEqual(databases.requests.summary(midnight, midnight + day), expected);
    databases.log.transaction(() => databases.requests.clear());
    assert.deepEqual(list(), []);
    assert.deepEqual(databases.requests.summary(midnight, midnight + day), expected);
    assert.deepEqual(append({}), [7], 'an id was given twice');
    assert.equal(list('gk_1').length, 1);
  });

  it('counts nothing and remembers nothing of a batch that failed', () => {
    append({ keyId: 'first' });
    disk.fault = (call) => (call === 'write' ? 'ENOSPC' : null);
    assert.throws(() => append({ keyId: 'second', createdAt: 100 * day, error: 'x'.repeat(10_000) }), { code: 'diskFull' });
    databases.requests.forget();
    disk.fault = () => null;
    assert.equal(databases.requests.summary(0, 200 * day).inputTokens, 0);
    append({ keyId: 'third' }, { keyId: 'second' });
    assert.equal(list('key:=second').length, 1);
    assert.equal(list('key:=third').length, 1);
  });

  describe('prune', () => {
    const now = 1_764_000_000;
    const limits = { now, requestDays: 30, requestRows: 200_000 };
    const prune = (over: Partial<typeof limits> = {}) => databases.log.transaction(() => databases.requests.prune({ ...limits, ...over }));

    it('removes by age and by number, in small steps', () => {
      append(...Array.from({ length: 700 }, (_, index) => ({ createdAt: now - 31 * day + index, keyId: 'old' })), { createdAt: now, keyId: 'new' });
      assert.deepEqual([prune({ requestDays: 0, requestRows: 0 }), list('', 1_000).length], [false, 701]);
      assert.deepEqual([prune(), list('', 1_000).length], [true, 201]);
      assert.deepEqual([prune(), list().length], [false, 1]);
      assert.deepEqual([prune(), found('key:old')], [false, '']);
      append({ createdAt: now }, { createdAt: now });
      assert.deepEqual([prune({ requestRows: 3 }), list().length], [false, 3]);
      assert.deepEqual([prune({ requestRows: 2, requestDays: 0 }), list().length], [false, 2]);
    });
  });

  it('forgets a word a while after the last request that had it', () => {
    const now = 1_764_000_000;
    append({ createdAt: 0, keyId: 'old' }, ...Array.from({ length: 1_100 }, () => ({ createdAt: 0, keyId: 'later' })), { createdAt: now, keyId: 'later' });
    const prune = () => databases.log.transaction(() => [databases.requests.prune({ now, requestDays: 30, requestRows: 0 }), databases.requests.pruneWords()].includes(true));
    while (prune());
    assert.deepEqual(databases.log.all('SELECT text FROM words WHERE kind = \'key\'', []), [{ text: 'later' }]);
    append({ createdAt: now, keyId: 'old' });
    assert.deepEqual(list('key:=old').map(({ keyId }) => keyId), ['old']);
  });
});

describe('BindingStore', () => {
  it('keeps the newest 50,000, oldest first, and lets the newest say who owns a hash', async () => {
    const databases = await openOn(new MemoryDisk());
    const { bindings, log } = databases;
    const accountId = 'a' as Parameters<typeof bindings.add>[0]['accountId'];
    log.transaction(() => {
      for (let index = 0; index < 50_010; index++) bindings.add({ kind: 'encrypted', hash: String(index), accountId, seenAt: index + 0.5 });
      bindings.add({ kind: 'turnState', hash: '50005', accountId, seenAt: 60_000 });
      bindings.add({ kind: 'encrypted', hash: '20', accountId, seenAt: 70_000 });
      bindings.prune();
    });
    const all = bindings.all();
    assert.equal(all.length, 50_000);
    assert.deepEqual([all[0]?.hash, all.at(-2), all.at(-1)?.hash], ['11', { kind: 'turnState', hash: '50005', accountId, seenAt: 60_000 }, '20']);
    closeBoth(databases);
  });
});
