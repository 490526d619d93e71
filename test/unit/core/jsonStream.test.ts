import assert from 'node:assert/strict';
import { splitJson, type JsonPart } from '../../../src/core/jsonStream.ts';

const parts = (text: string): string[] => [...splitJson(text)].filter((part) => part !== null).map(said);
const said = (part: Exclude<JsonPart, null>): string => `${part.at} ${'text' in part ? part.text : 'token' in part ? `token ${part.token}` : part.problem}`;
const notClosed = 'the JSON object is not closed: the text is cut off';
const noObject = 'a JSON object was expected';

describe('splitJson', () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ['objects behind each other', '{"a":1}{"b":2}\n\n {"c":3},', ['1:1 {"a":1}', '1:8 {"b":2}', '3:2 {"c":3}']],
    ['arrays in arrays', '[[{"a":1}],[],[[{"b":2}]]] {"c":3}', ['1:3 {"a":1}', '1:17 {"b":2}', '1:28 {"c":3}']],
    ['brackets, quotes and backslashes inside strings', '{"a":"}]\\"{[\\\\"}{"b":"\\\\\\""}', ['1:1 {"a":"}]\\"{[\\\\"}', '1:17 {"b":"\\\\\\""}']],
    ['the accounts of an object, and nothing else of it', '{"proxies":[{"p":1}],"accounts":[{"a":1},{"b":2}],"rest":{"x":{"y":1}}}{"c":3}', ['1:34 {"a":1}', '1:42 {"b":2}', '1:72 {"c":3}']],
    ['the accounts of its data', '{"code":0,"data":{"n":{"m":1},"accounts":[{"a":1}],"more":[{}]},"x":[]} {"b":2}', ['1:43 {"a":1}', '1:73 {"b":2}']],
    ['no accounts that stand deeper, or are no list', '{"a":{"accounts":[1]}}{"accounts":{"b":1}}{"x":["accounts"]}', ['1:1 {"a":{"accounts":[1]}}', '1:23 {"accounts":{"b":1}}', '1:43 {"x":["accounts"]}']],
    ['tokens that stand alone', 'at-abcdefgh12\n  "at-quoted123"  {"a":1} at-behind123\nat-short', ['1:1 token at-abcdefgh12', '2:3 token at-quoted123', '2:19 {"a":1}', '2:27 token at-behind123', `3:1 ${noObject}`]],
    ['what is no object, and what follows it', '[5, true, "x", {"a":1}]\nhello {"not":"read"}\n[{"b":2}]', [`1:2 ${noObject}`, `1:5 ${noObject}`, `1:11 ${noObject}`, '1:16 {"a":1}', `2:1 ${noObject}`, '3:2 {"b":2}']],
    ['what was cut off', '{"a":1}\n{"b":"\n{"c":3}', ['1:1 {"a":1}', `2:1 ${notClosed}`, '3:1 {"c":3}']],
    ['an array that was cut off', '[{"a":1},\n[{"b":2}', ['1:2 {"a":1}', '2:2 {"b":2}', '1:1 the array is not closed: the text is cut off']],
    ['accounts that were cut off', '{"accounts":[{"a":1},{"b"', ['1:14 {"a":1}', `1:22 ${notClosed}`, '1:13 the array is not closed: the text is cut off']],
    ['closing brackets too many', ']}\n{"a":1}', [`1:1 ${noObject}`, '2:1 {"a":1}']],
    ['nothing', ' \n\ufeff ,, ', []],
  ];
  for (const [name, text, expected] of cases) it(`reads ${name}`, () => assert.deepEqual(parts(text), expected));

  it('does not take an object of a size that no login has', () => {
    const huge = `{"a":"${'x'.repeat(400_000)}"}`;
    assert.deepEqual(parts(`${huge}\n{"b":2}`), ['1:1 the JSON object is longer than 256 KiB: it is not a login', '2:1 {"b":2}']);
    assert.equal(parts(`{"accounts":[${Array.from({ length: 50_000 }, () => '{"a":12345678}').join()}]}`).length, 50_000, 'a list of them may be as long as it likes');
  });

  it('gives up on a text that is nothing but mistakes', () => {
    const words = parts(`[${'5,'.repeat(100_000)}`);
    assert.equal(words.length, 10_001);
    assert.match(words.at(-1) ?? '', /^1:20000 there are thousands of mistakes.*not read$/);
    assert.equal(parts('{\n'.repeat(100_000)).length, 1_001);
  });

  it('lets its caller pause, however long the way to the next object is', () => {
    for (const text of [`{"proxies":[${'{"a":1},'.repeat(200_000)}{}],"accounts":[]}`, '['.repeat(1_000_000), `[${', '.repeat(10)}${'[],'.repeat(500_000)}]`, `{"accounts":[],"rest":[${'[1],'.repeat(300_000)}2]}`]) {
      const pauses = [...splitJson(text)].filter((part) => part === null).length;
      assert.ok(pauses > 3, `${pauses} in ${text.slice(0, 20)}…`);
    }
  });
});
