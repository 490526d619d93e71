import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editRequest, type RequestEdits } from '../../../src/protocol/editRequest.ts';
import { scanRequest } from '../../../src/protocol/scanRequest.ts';

function edit(text: string, edits: RequestEdits): string {
  const body = Buffer.from(text);
  return editRequest(body, scanRequest(body), edits).toString();
}

/** JSON text with white space in odd places. */
function spaced(value: unknown): fc.Arbitrary<string> {
  return fc.constantFrom(0, 1, 3).map((indent) => JSON.stringify(value, null, indent));
}

const item = fc.oneof(
  fc.record({ type: fc.constant('message'), text: fc.string({ unit: 'binary' }) }),
  fc.record({ type: fc.constant('reasoning'), encrypted_content: fc.constantFrom('mine', 'theirs', 'a"b\\c'), summary: fc.array(fc.string(), { maxLength: 2 }) }),
);
const request = fc.record({
  before: fc.jsonValue(), model: fc.string(), stream: fc.boolean(), previous_response_id: fc.string(), input: fc.array(item, { maxLength: 5 }), reasoning: fc.record({ effort: fc.string(), summary: fc.string() }), after: fc.jsonValue(),
}, { requiredKeys: [] });

describe('editRequest', () => {
  it('says the same as editing the parsed object, for any request', () => {
    fc.assert(fc.property(request.chain((value) => fc.tuple(fc.constant(value), spaced(value))), ([, text]) => {
      const expected = JSON.parse(text) as Record<string, unknown>;
      const edited = edit(text, { stream: true, store: false, model: 'm"1', effort: 'high', dropPreviousResponseId: true, dropEncrypted: (value) => value !== 'mine' });
      delete expected['previous_response_id'];
      if (Array.isArray(expected['input'])) expected['input'] = expected['input'].filter((one: Record<string, unknown>) => one['encrypted_content'] === undefined || one['encrypted_content'] === 'mine');
      assert.deepEqual(JSON.parse(edited), { ...expected, stream: true, store: false, model: 'm"1', reasoning: { ...(expected['reasoning'] ?? {}), effort: 'high' } });
    }));
  });

  it('leaves every byte it was not asked about, and the same buffer when nothing changes', () => {
    assert.equal(edit('{ "z" : [1, 2 ],\n"stream":false, "a":{} }', { stream: true }), '{ "z" : [1, 2 ],\n"stream":true, "a":{} }');
    const body = Buffer.from('{"stream":true,"store":false}');
    assert.equal(editRequest(body, scanRequest(body), { stream: true, store: false }), body);
  });

  it('writes into an empty object and after removing the only member', () => {
    assert.equal(edit('{}', { stream: true }), '{"stream":true}');
    assert.deepEqual(JSON.parse(edit('{"previous_response_id":"x"}', { store: false, dropPreviousResponseId: true })), { store: false });
  });

  it('changes the last of two members of one name, the one upstream reads', () => {
    assert.deepEqual(JSON.parse(edit('{"model":"a","model":"b"}', { model: 'c' })), { model: 'c' });
  });
});
