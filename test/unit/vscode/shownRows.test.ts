import assert from 'node:assert/strict';
import type { RowModel } from '../../../src/vscode/views/rowModel.ts';
import { ShownRows, type Redraw } from '../../../src/vscode/views/shownRows.ts';

const leaf = (id: string, label = id): RowModel => ({ id, label });
const ids = (redraw: Redraw): unknown => (redraw === 'all' ? redraw : redraw.map(({ id }) => id));

describe('ShownRows', () => {
  let rows: ShownRows;
  beforeEach(() => { rows = new ShownRows(); });

  /** Asks as VS Code does when everything is open: for each row by the object it was given. */
  const open = (row?: RowModel): RowModel[] => rows.children(row).flatMap((child) => [child, ...open(child)]);
  const group = (id: string, ...children: RowModel[]): RowModel => ({ id, label: id, fill: () => children });

  it('makes only what is asked for', () => {
    let made = 0;
    const many: RowModel = { id: 'g', label: 'g', fill: () => [leaf(String(made += 1))] };
    rows.show([many]);
    const [shown] = rows.children();
    rows.show([{ ...many }]);
    assert.equal(made, 0);
    rows.children(shown);
    assert.equal(made, 1);
  });

  it('names the rows that look different, and shows them through the object VS Code has', () => {
    rows.show([group('g', leaf('a'), { ...leaf('b'), description: 'old' })]);
    const [, a, b] = open();
    assert.deepEqual(ids(rows.show([group('g', leaf('a'), leaf('b', 'B'))])), ['b']);
    assert.deepEqual([a, b], [leaf('a'), leaf('b', 'B')]);
    assert.deepEqual(ids(rows.show([group('g', leaf('a'), leaf('b', 'B'))])), []);
  });

  it('names a row of which VS Code may hold an older text, unless it is the same row', () => {
    const row: RowModel = { ...leaf('a'), hover: () => 'x' };
    rows.show([row]);
    open();
    assert.deepEqual(ids(rows.show([row])), []);
    assert.deepEqual(ids(rows.show([{ ...row }])), ['a']);
  });

  it('names a row that can be opened now', () => {
    rows.show([leaf('g')]);
    rows.children();
    assert.deepEqual(ids(rows.show([group('g', leaf('a'))])), ['g']);
    open();
    rows.show([leaf('g')]);
    open();
    assert.deepEqual(ids(rows.show([group('g', leaf('a'))])), ['g']);
  });

  it('names the parent of rows that came, went or moved', () => {
    rows.show([group('g', leaf('a'), leaf('b')), group('h', leaf('c'))]);
    open();
    assert.deepEqual(ids(rows.show([group('g', leaf('b'), leaf('a')), group('h', leaf('c'))])), ['g']);
    open();
    assert.deepEqual(ids(rows.show([group('g', leaf('b')), group('h', leaf('c'))])), ['g']);
  });

  it('has everything drawn when a row may have gone from one parent to another', () => {
    rows.show([group('g', leaf('a'), leaf('b')), group('h', leaf('c'))]);
    open();
    assert.equal(rows.show([group('g', leaf('b')), group('h', leaf('c'), leaf('a'))]), 'all');
    open();
    assert.equal(rows.show([group('h', leaf('c'), leaf('a')), group('g', leaf('b'))]), 'all');
  });

  it('has a group drawn when rows go from range to range in it', () => {
    const two = (first: string, second: string): RowModel[] => [group('g', group('r1', leaf(first)), group('r2', leaf(second))), group('h', leaf('x'))];
    rows.show(two('a', 'b'));
    open();
    assert.deepEqual(ids(rows.show(two('b', 'c'))), ['g']);
  });

  it('says nothing of what VS Code has not asked for, or is going to ask for again', () => {
    rows.show([group('g', leaf('a'))]);
    assert.deepEqual(ids(rows.show([group('g', leaf('b'))])), []);
    rows.children();
    assert.deepEqual(ids(rows.show([group('g', leaf('c'))])), []);
    open();
    assert.deepEqual(ids(rows.show([group('g', leaf('d'))])), ['g']);
    assert.deepEqual(ids(rows.show([group('g', leaf('e'))])), []);
    assert.deepEqual(open().map(({ id }) => id), ['g', 'e']);
  });

  it('has everything drawn when very many rows differ', () => {
    const many = (label: string): RowModel[] => Array.from({ length: 51 }, (_, i) => leaf(String(i), label));
    rows.show(many('a'));
    open();
    assert.equal(rows.show(many('b')), 'all');
  });

  it('knows nothing below a row it did not hand out', () => {
    assert.deepEqual(rows.children(leaf('unknown')), []);
  });
});
