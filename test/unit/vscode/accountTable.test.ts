import assert from 'node:assert/strict';
import type { Account } from '../../../src/contract/account.ts';
import { AccountTable } from '../../../src/vscode/accountTable.ts';
import { manyViews } from '../../lab/manyAccounts.ts';

describe('AccountTable', () => {
  const accounts = manyViews(4);
  const [a, b, c, d] = accounts as [Account, Account, Account, Account];
  const labels = (table: AccountTable): string[] => table.list().map(({ label }) => label);

  it('shows a pool that is told in parts only when it is whole, and keeps what was known until then', () => {
    const table = new AccountTable();
    assert.equal(table.take({ reset: true, accounts: [a, b], removed: [], last: true }), true);
    assert.equal(table.take({ reset: true, accounts: [c], removed: [], last: false }), false);
    assert.deepEqual(labels(table), [a.label, b.label]);
    assert.equal(table.take({ reset: false, accounts: [d], removed: [], last: true }), true);
    assert.deepEqual(labels(table), [c.label, d.label]);
  });

  it('takes changes and removals, in the pool\'s order: by sort, age, id', () => {
    const table = new AccountTable();
    table.take({ reset: true, accounts: [d, c, b, a], removed: [], last: true });
    assert.deepEqual(table.list(), accounts);
    table.take({ reset: false, accounts: [{ ...d, sort: -1 }, { ...b, sort: 2, createdAt: 1 }], removed: [a.id], last: true });
    assert.deepEqual(labels(table), [d.label, b.label, c.label]);
    table.take({ reset: false, accounts: [{ ...d, sort: 2, createdAt: 1 }], removed: [], last: true });
    assert.deepEqual(labels(table), [b.label, d.label, c.label]);
  });

  it('takes the whole pool of an older leader in its own order', () => {
    const table = new AccountTable();
    table.take({ reset: true, accounts: [a], removed: [], last: false });
    table.replace([c, b]);
    assert.deepEqual([labels(table), table.size], [[c.label, b.label], 2]);
    table.take({ reset: false, accounts: [a], removed: [], last: true });
    assert.deepEqual(labels(table), [a.label, b.label, c.label]);
  });
});
