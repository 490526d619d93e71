import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvHeader, csvLine } from '../../../src/core/logCsv.ts';
import { requestRow } from '../storage/harness.ts';

const names = { account: (id: string) => (id === 'a' ? 'Work, "main"' : undefined), key: () => undefined };
const headers = csvHeader.trimEnd().split(',');

/** RFC 4180, by its grammar. */
function parse(line: string): string[] {
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const [whole = '', quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(rest) ?? [];
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    rest = rest.slice(whole.length);
    if (rest === '\r\n') return cells;
    assert.equal(rest[0], ',', `not CSV: ${line}`);
    rest = rest.slice(1);
  }
}
const cellsOf = (over: Parameters<typeof requestRow>[0]): Record<string, string> => Object.fromEntries<string>(parse(csvLine({ id: 7, ...requestRow(over) }, names)).map((cell, i): [string, string] => [headers[i] ?? '', cell]));

describe('csvLine', () => {
  it('has a cell for every column, names beside ids, and nothing where nothing is known', () => {
    const cells = cellsOf({ accountId: 'a', keyId: 'k', error: null, inputTokens: null, createdAt: 1_764_000_000 });
    assert.deepEqual([cells['id'], cells['time'], cells['account'], cells['accountId'], cells['key'], cells['error'], cells['inputTokens'], cells['attempts'], cells['estimatedCostUsd'], cells['client']],
      ['7', '2025-11-24T16:00:00.000Z', 'Work, "main"', 'a', 'k', '', '', '1', '0.00125', 'codex_cli_rs']);
  });

  it('lets no text become a formula, and leaves numbers alone', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) assert.equal(cellsOf({ error: text })['error'], `'${text}`);
    assert.deepEqual([cellsOf({ error: 'a=1' })['error'], cellsOf({ inputTokens: -5 })['inputTokens']], ['a=1', '-5']);
  });

  it('is read back as it was written, whatever the texts hold', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (error, model) => {
      const cells = cellsOf({ error, model });
      const safe = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
      assert.deepEqual([cells['error'], cells['model']], [safe(error), safe(model)]);
    }));
  });
});
