import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scanRequest } from '../../../src/protocol/scanRequest.ts';

const scan = (text: string): ReturnType<typeof scanRequest> => scanRequest(Buffer.from(text));

describe('scanRequest', () => {
  it('finds what routing needs, whatever stands around it', () => {
    const facts = scan(' {"input":[{"model":"inner"},"]}"], "mod\\u0065l" : "gpt-\\"5\\"", "stream":true, "prompt_cache_key":"k", "previous_response_id":null, "reasoning":{"effort":"high"} } ');
    assert.equal(facts.model, 'gpt-"5"');
    assert.deepEqual([facts.stream, facts.promptCacheKey, facts.previousResponseId, facts.effort], [true, 'k', null, 'high']);
  });

  it('reads the last of two members of one name', () => {
    assert.equal(scan('{"model":"a","model":"b"}').model, 'b');
  });

  it('finds encrypted items of the input only, and never inside a string', () => {
    const text = JSON.stringify({ include: ['reasoning.encrypted_content'], encrypted_content: 'outer', input: [{ encrypted_content: 'one' }, { text: '"encrypted_content":"quoted"' }, { encrypted_content: null }, { item: { encrypted_content: 't"wo' } }] });
    assert.deepEqual(scan(text).encryptedItems, ['one', 't"wo']);
  });

  it('agrees with JSON.parse for any object', () => {
    fc.assert(fc.property(fc.record({ a: fc.jsonValue(), model: fc.string({ unit: 'binary' }), b: fc.jsonValue(), prompt_cache_key: fc.string() }), (value) => {
      const facts = scan(JSON.stringify(value));
      const parsed = JSON.parse(JSON.stringify(value)) as typeof value;
      assert.deepEqual([facts.model, facts.promptCacheKey], [parsed.model, parsed.prompt_cache_key]);
    }));
  });

  for (const [text, message] of [
    ['', /empty/], ['   ', /an object expected at byte 3/], ['[]', /an object/], ['"x"', /an object/], ['{"a":1', /byte 6/], ['{"a":"x', /end of a string/],
    ['{"a":[1,2}', /matching bracket/], ['{"a":{"b":[', /closing bracket/], ['{"a" 1}', /":" expected at byte 5/], ['{"a":}', /a value/], ['{"a":1} x', /end of the body/], ['{a:1}', /member name/],
    ['\ufeff{}', /an object/], ['{"model":5}', /"model" .* must be a string/], ['{"stream":"yes"}', /"stream" .* true or false/], ['{"reasoning":"high"}', /"reasoning"/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} and says where`, () => {
      assert.throws(() => scan(text), { code: 'badRequest', message });
    });
  }

  it('never throws anything but badRequest', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')), fc.json().map((text) => text.slice(0, -1))), (text) => {
      try {
        scan(text);
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, 'badRequest');
      }
    }));
  });
});
