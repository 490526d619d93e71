import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
/** Tables of data, whose length says nothing. */
const exempt: ReadonlySet<string> = new Set(['src/core/modelPrices.ts']);

function sources(): string[] {
  return ['src', 'webview'].filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).map((name) => join(folder, name)))
    .filter((name) => !exempt.has(name));
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Lines of every function with a body of statements. */
function functionLengths(path: string): { readonly place: string; readonly lines: number }[] {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { place: string; lines: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && ts.isBlock(node.body)) {
      const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
      found.push({ place: `${path}:${first + 1}`, lines: file.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('style budgets', () => {
  it('keeps files short', () => {
    const lengths = sources().map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }));
    const lines = lengths.map((file) => file.lines);
    console.log(`      files: median ${percentile(lines, 0.5)}, p95 ${percentile(lines, 0.95)}, longest ${Math.max(...lines)}`);
    assert.ok(percentile(lines, 0.5) <= 90 && percentile(lines, 0.95) <= 300, 'files grow too long');
    assert.deepEqual(lengths.filter((file) => file.lines > 400), []);
  });

  it('keeps functions short', () => {
    const functions = sources().flatMap(functionLengths);
    const lines = functions.map((one) => one.lines);
    console.log(`      functions: median ${percentile(lines, 0.5)}, p95 ${percentile(lines, 0.95)}, longest ${Math.max(...lines)}`);
    assert.ok(percentile(lines, 0.95) <= 45, 'functions grow too long');
    assert.deepEqual(functions.filter((one) => one.lines > 60), []);
  });
});
