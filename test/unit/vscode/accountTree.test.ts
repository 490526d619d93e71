import assert from 'node:assert/strict';
import { AccountTree, mostRows } from '../../../src/vscode/views/accountTree.ts';
import { accountIdsOf, childrenOf, type RowModel } from '../../../src/vscode/views/rowModel.ts';
import { manyViews } from '../../lab/manyAccounts.ts';

const reader = { now: 1_800_000_000_000, locale: 'en-GB' };

describe('AccountTree', () => {
  it('shows a large group in ranges, so that nothing that opens has more rows than it should', () => {
    const accounts = manyViews(2 * mostRows + 1);
    const [group] = new AccountTree().rows(accounts, reader);
    assert.ok(group);
    assert.equal(group.description, '401 of 401 ready · 62 %');
    const ranges = childrenOf(group);
    assert.deepEqual(ranges.map(({ label, context, open }) => [label, context, open]), [['1–200', 'range', undefined], ['201–400', 'range', undefined], ['401–401', 'range', undefined]]);
    assert.deepEqual(ranges.flatMap(childrenOf).map(({ id }) => id), accounts.map(({ id }) => id));
    assert.deepEqual([...accountIdsOf([group])], accounts.map(({ id }) => id));
    assert.deepEqual([...accountIdsOf(ranges.slice(1, 2))], accounts.slice(mostRows, 2 * mostRows).map(({ id }) => id));
  });

  it('knows how many accounts wait for a person', () => {
    const tree = new AccountTree();
    const accounts = manyViews(6).map((account, i) => ({ ...account, groupName: i < 3 ? 'a' : 'b', status: i === 0 ? 'blocked' as const : i > 3 ? 'needsLogin' as const : account.status }));
    for (const count of [6, 5]) {
      tree.rows(accounts.slice(0, count), reader);
      assert.equal(tree.needing, count - 3);
    }
  });

  it('shows a group that fits as it is', () => {
    const [group] = new AccountTree().rows(manyViews(mostRows), reader);
    assert.equal(group && childrenOf(group).length, mostRows);
  });

  it('keeps the ids of ranges while a group grows', () => {
    const idsOf = (count: number): string[] => new AccountTree().rows(manyViews(count), reader).flatMap(childrenOf).map(({ id }) => id);
    assert.deepEqual(idsOf(2 * mostRows).slice(0, 2), idsOf(3 * mostRows).slice(0, 2));
    assert.equal(new Set(idsOf(3 * mostRows)).size, 3);
  });

  it('makes the row of an account once, and anew when the account or the day is another', () => {
    const tree = new AccountTree();
    const accounts = manyViews(2);
    const rowsAt = (now: number): readonly RowModel[] => tree.rows(accounts, { ...reader, now }).flatMap(childrenOf);
    const [first, second] = rowsAt(reader.now);
    assert.equal(rowsAt(reader.now + 60_000)[0], first);
    accounts[1] = { ...manyViews(2, { label: 'renamed' })[1] ?? assert.fail() };
    const [same, other] = rowsAt(reader.now);
    assert.deepEqual([same === first, other === second, other?.label], [true, false, 'renamed']);
    assert.notEqual(rowsAt(reader.now + 86_400_000)[0], first);
  });
});
