import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadFileBackedSql } from '../../../src/storage/fileBackedSql.ts';
import { checkWasm, nameImports } from '../../../src/storage/sqlJsBuild.ts';
import { wasmFile } from './harness.ts';

const refused = { code: 'databaseUnusable', message: /1\.16\.0.*Reinstall/ };
/** The import section of a binary with its signatures swapped: `fd_seek` takes an i32 where an i64 belongs. */
function withOtherSignature(wasm: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(wasm);
  const seek = Buffer.from([0x60, 4, 0x7f, 0x7e, 0x7f, 0x7f, 1, 0x7f]);
  const at = Buffer.from(changed).indexOf(seek);
  assert.ok(at > 0);
  changed[at + 3] = 0x7f;
  return changed;
}

describe('checkWasm and nameImports', () => {
  const wasm = readFileSync(wasmFile);
  const keys = [...checkWasm(wasm).keys()];

  it('accepts the build that is installed, once per thread', async () => {
    assert.equal(keys.length, 40);
    assert.equal(await loadFileBackedSql(wasmFile), await loadFileBackedSql(wasmFile));
  });

  it('refuses every other build', async () => {
    for (const other of [readFileSync(wasmFile.replace('sql-wasm', 'sql-wasm-debug')), withOtherSignature(wasm), wasm.subarray(0, 200), Buffer.from('no wasm')]) assert.throws(() => checkWasm(other), refused);
  });

  it('refuses a loader with another number or order of functions', () => {
    const imports = checkWasm(wasm);
    assert.throws(() => nameImports(keys.slice(1), imports), refused);
    assert.throws(() => nameImports([...keys].reverse(), imports), refused);
  });
});
