import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('begins a new file at once when an earlier run left a long one, and then no second old one', () => {
    for (const line of ['a line that is too long for it\n', 'next\n', 'another that is too long for it\n']) {
      const trace = new TraceFile(path, { mostBytes: 20 });
      trace.append(Buffer.from(line));
      trace.close();
    }
    assert.deepEqual(readdirSync(folder).sort(), ['gateway-trace.log', 'gateway-trace.log.1']);
    assert.equal(readFileSync(`${path}.1`, 'utf8'), 'next\n');
    assert.equal(readFileSync(path, 'utf8'), 'another that is too long for it\n');
  });

  it('never tears a batch: one that does not fit goes into the new file whole', () => {
    const trace = new TraceFile(path, { mostBytes: 100 });
    const batches = Array.from({ length: 12 }, (_, i) => `${`line ${i} `.repeat(3)}\n`.repeat(1 + (i % 3)));
    const kept: string[] = [];
    for (const batch of batches) {
      trace.append(Buffer.from(batch));
      kept.push(readFileSync(path, 'utf8'));
    }
    trace.close();
    batches.forEach((batch, i) => assert.ok(kept[i]?.endsWith(batch), `batch ${i}`));
    for (const name of readdirSync(folder)) assert.match(readFileSync(join(folder, name), 'utf8'), /^(?:(?:line \d+ ){3}\n)+$/);
    assert.deepEqual(readdirSync(folder).sort(), ['gateway-trace.log', 'gateway-trace.log.1']);
  });

  it('goes on in a new file when the file was deleted, or another put in its place', () => {
    const trace = new TraceFile(path);
    trace.append(Buffer.from('one\n'));
    rmSync(path);
    trace.append(Buffer.from('two\n'));
    assert.equal(readFileSync(path, 'utf8'), 'two\n');
    renameSync(path, join(folder, 'moved.log'));
    writeFileSync(path, 'theirs\n');
    trace.append(Buffer.from('three\n'));
    trace.close();
    assert.equal(readFileSync(path, 'utf8'), 'theirs\nthree\n');
    assert.equal(readFileSync(join(folder, 'moved.log'), 'utf8'), 'two\n');
  });

  it('survives a place that cannot be written, and writes again as soon as it can', () => {
    mkdirSync(path);
    const trace = new TraceFile(path, { mostBytes: 20 });
    for (let i = 0; i < 3; i += 1) trace.append(Buffer.from('lost\n'));
    assert.deepEqual(readdirSync(folder, { recursive: true }), ['gateway-trace.log']);
    rmdirSync(path);
    trace.append(Buffer.from('kept\n'));
    trace.close();
    assert.equal(readFileSync(path, 'utf8'), 'kept\n');
  });

  it('survives a folder that is not there', () => {
    const trace = new TraceFile(join(folder, 'missing', 'trace.log'));
    trace.append(Buffer.from('lost\n'));
    trace.close();
    assert.deepEqual(readdirSync(folder), []);
  });
});
