import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceFile } from '../../../src/storage/traceFile.ts';

describe('TraceFile', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-trace-'));
    path = join(folder, 'gateway-trace.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('appends, also to what an earlier run left, in a file for its owner only', () => {
    for (const lines of ['one\ntwo\n', 'three\n']) {
      const trace = new TraceFile(path);
      trace.append(Buffer.from(lines));
      trace.append(new Uint8Array());
      trace.close();
    }
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('begins a new file when one is full and keeps one old one', () => {
    const trace = new TraceFile(path, { mostBytes: 20 });
    for (const line of ['first line 123\n', 'second line 45\n', 'third line 678\n']) trace.append(Buffer.from(line));
    trace.close();
    assert.deepEqual(readdirSync(folder).sort(), ['gateway-trace.log', 'gateway-trace.log.1']);
    assert.equal(readFileSync(`${path}.1`, 'utf8'), 'second line 45\n');
    assert.equal(readFileSync(path, 'utf8'), 'third line 678\n');
  });

  it('survives a folder that is not there', () => {
    const trace = new TraceFile(join(folder, 'missing', 'trace.log'));
    trace.append(Buffer.from('lost\n'));
    trace.close();
    assert.deepEqual(readdirSync(folder), []);
  });
});
