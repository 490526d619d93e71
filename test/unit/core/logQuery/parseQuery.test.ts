import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AppError } from '../../../../src/core/appError.ts';
import { nameQuery } from '../../../../src/core/logQuery/nameQuery.ts';
import { parseQuery } from '../../../../src/core/logQuery/parseQuery.ts';
import { queryColumns, type QueryTerm } from '../../../../src/core/logQuery/queryTerm.ts';

const now = new Date(2026, 10, 25, 14, 30).getTime();
const parse = (query: string): QueryTerm[] => parseQuery(query, now);
const column = (name: string, value: string, exact = false): QueryTerm => ({ kind: 'column', column: queryColumns[name] ?? 'error', value, exact, ids: [] });
const text = (value: string): QueryTerm => ({ kind: 'text', text: value });
const time = (from: Date | null, to: Date | null = null): QueryTerm => ({ kind: 'time', from: from && from.getTime() / 1000, to: to && to.getTime() / 1000 });

describe('parseQuery', () => {
  it('joins terms; what is not in quotes ends at a blank, and the words of an error and of free text belong together', () => {
    assert.deepEqual(parse('  account:work@ status:5xx   model:=gpt-5.5 '), [column('account', 'work@'), { kind: 'status', from: 500, to: 599 }, column('model', 'gpt-5.5', true)]);
    assert.deepEqual(parse('bad gateway client:codex error:=usage limit reached key:"My \\"own\\" key" later'), [
      text('bad gateway'), column('client', 'codex'), column('error', 'usage limit reached', true), column('key', 'My "own" key'), text('later'),
    ]);
    assert.deepEqual(parse('effort:high reasoning:low "model:x" status:429'), [column('effort', 'high'), column('effort', 'low'), text('model:x'), { kind: 'status', from: 429, to: 429 }]);
  });

  it('knows moments in local time, amounts of tokens and attempts', () => {
    assert.deepEqual(parse('after:2026-11-25T14:00 before:2026-11-26'), [time(new Date(2026, 10, 25, 14)), time(null, new Date(2026, 10, 26))]);
    assert.deepEqual(parse('after:today before:Yesterday'), [time(new Date(2026, 10, 25)), time(null, new Date(2026, 10, 24))]);
    assert.deepEqual(parse('after:2h before:"2026-11-25 14:00:30"'), [time(new Date(now - 7_200_000)), time(null, new Date(2026, 10, 25, 14, 0, 30))]);
    assert.deepEqual(parse('after:7d'), [time(new Date(now - 7 * 86_400_000))]);
    assert.deepEqual(parse('min:5000 max:20k'), [{ kind: 'tokens', least: 5_000, most: null }, { kind: 'tokens', least: null, most: 20_000 }]);
    assert.deepEqual(['>1', '>=2', '<3', '<=2', '2'].map((count) => parse(`attempts:${count}`)[0]), [
      { kind: 'attempts', least: 2, most: null }, { kind: 'attempts', least: 2, most: null }, { kind: 'attempts', least: null, most: 2 }, { kind: 'attempts', least: null, most: 2 }, { kind: 'attempts', least: 2, most: 2 },
    ]);
  });

  it('says where a term cannot be read, and what is expected', () => {
    for (const [query, message] of [
      ['model:x after:yestreday', /^Column 15 of the search: after: cannot be "yestreday"\. Expected is a date \(2026-11-25/], ['min:many', /^Column 5 .* min: cannot be "many"\. Expected is a whole number of tokens/],
      ['before:2026-02-30', /^Column 8 .*before/], ['after:2026-11-25T25:00', /^Column 7 /], ['status:5xx max:', /^Column 12 of the search: max: has no value\. Expected/], ['attempts:often', /attempts: cannot be "often"/],
      ['x account:"work', /^Column 11 of the search: the quote after account: is not closed\. Put a "/], ['key:"a"b', /quote after key/], ['x'.repeat(1_001), /1001 characters.*1000/],
    ] as const) assert.throws(() => parse(query), { code: 'badRequest', message }, query);
  });

  it('leaves as free text what the original took for it', () => {
    for (const query of ['hello', 'status:abc', 'status:abc def', 'unknown:two', 'model:', 'model : ', 'constructor:x', 'https://x/y', '"half', 'say "x" twice', ':x', 'foo model:']) assert.deepEqual(parse(query), [text(query.trim())], query);
    assert.deepEqual(parse('   '), []);
    assert.deepEqual(parse('model: gpt'), [column('model', 'gpt')]);
    assert.deepEqual(parse('Account_ID := x'), [column('account', 'x', true)]);
    assert.deepEqual(parse('model: status:429'), [text('model:'), { kind: 'status', from: 429, to: 429 }]);
  });

  const prefixes = [...Object.keys(queryColumns), 'status', 'after', 'before', 'min', 'max', 'attempts', 'other'];
  const word = fc.string({ minLength: 1, maxLength: 12 }).filter((value) => /^[^\s":=]+$/.test(value));

  it('never throws anything but badRequest', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(...prefixes.map((prefix) => `${prefix}:`)), fc.constantFrom('"', '\\', ' ', ':=', '2h', '>1', '5xx'));
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        parse(pieces.join(''));
      } catch (thrown) {
        assert.ok(thrown instanceof AppError && thrown.code === 'badRequest');
      }
    }));
  });

  it('means by one term what the original meant', () => {
    const originals = ['account', 'account_id', 'path', 'request_path', 'method', 'model', 'error', 'reasoning', 'reason', 'key', 'key_id', 'upstream', 'url'];
    fc.assert(fc.property(fc.constantFrom(...originals), fc.boolean(), word, (prefix, exact, value) => {
      assert.deepEqual(parse(`${prefix}:${exact ? '=' : ''}${value}`), [column(prefix, value, exact)]);
    }));
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      assert.deepEqual(parse(words.join(' ')), [text(words.join(' '))]);
      assert.deepEqual(parse(`error:${words.join(' ')}`), [column('error', words.join(' '))]);
    }));
  });

  it('reads several terms as each of them alone', () => {
    const term = fc.oneof(fc.tuple(fc.constantFrom('model', 'key', 'client', 'path'), word).map(([prefix, value]) => `${prefix}:${value}`), fc.constantFrom('status:4xx', 'min:5', 'after:2h', 'attempts:>1', 'account:"a b"'));
    fc.assert(fc.property(fc.array(term, { maxLength: 5 }), (terms) => assert.deepEqual(parse(terms.join(' ')), terms.flatMap(parse))));
  });
});

describe('nameQuery', () => {
  it('finds accounts and keys by what they are called, in any case', () => {
    const names = { accounts: () => [{ id: 'a1', names: ['Work', 'me@work.example'] }, { id: 'a2', names: ['Home', null] }], keys: () => [{ id: 'k1', names: ['Work key'] }] };
    const idsOf = (query: string) => nameQuery(parse(query), names).map((term) => (term.kind === 'column' ? term.ids : null));
    assert.deepEqual(idsOf('account:WORK key:work model:work status:429'), [['a1'], ['k1'], [], null]);
    assert.deepEqual([idsOf('account:=work'), idsOf('account:=wor'), idsOf('account:@WORK.'), idsOf('key:="work KEY"')], [[['a1']], [[]], [['a1']], [['k1']]]);
  });
});
