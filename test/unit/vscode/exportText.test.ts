import assert from 'node:assert/strict';
import { exportedText, exportProgress, fileNameAt, formatOf } from '../../../src/vscode/commands/logs/exportText.ts';

describe('the words of an export', () => {
  it('follow the file\'s ending and tell how far it is', () => {
    assert.deepEqual(['/a/b.csv', '/a/b.JSONL', '/a/b.json', '/a/b'].map(formatOf), ['csv', 'jsonl', 'jsonl', 'csv']);
    assert.equal(fileNameAt(new Date(2026, 0, 5)), 'codexmanager-requests-2026-01-05.csv');
    assert.deepEqual([exportProgress({ written: 0, total: 0 }), exportProgress({ written: 1_200, total: 40_000 })], ['Looking for them…', '1,200 of 40,000 requests']);
    assert.deepEqual([exportedText({ written: 1, path: '/x' }), exportedText({ written: 2, path: '/x' })], ['1 request exported to /x.', '2 requests exported to /x.']);
  });
});
