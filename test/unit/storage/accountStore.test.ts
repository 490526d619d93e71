import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import type { StoredAccount } from '../../../src/core/records.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { closeBoth, openOn, platformKey, storedAccount } from './harness.ts';
import { MemoryDisk } from './memoryDisk.ts';

describe('AccountStore', () => {
  let databases: Databases;
  beforeEach(async () => {
    databases = await openOn(new MemoryDisk());
  });
  afterEach(() => closeBoth(databases));

  const save = (...list: StoredAccount[]) => databases.main.transaction(() => list.forEach((one) => databases.accounts.save(one)));
  const all = () => databases.accounts.all();

  it('keeps an account whole, with and without what may be missing', () => {
    const bare = storedAccount(2);
    const sparse = {
      account: { ...bare.account, chatgptAccountId: null, email: null, plan: null, groupName: 'team', enabled: false },
      tokens: { ...bare.tokens, idToken: null, refreshToken: null, apiKey: null, accessExpiresAt: null },
      state: { ...bare.state, modelBlocks: { 'gpt-5': 5 }, windows: [{ name: 'primary', minutes: 300, usedPercent: 12.5, resetsAt: null, scope: 'account' as const }], blocked: 'deactivated_workspace' },
    };
    save(storedAccount(1), sparse);
    assert.deepEqual(all(), [storedAccount(1), sparse]);
  });

  it('updates in place, tokens and state included', () => {
    save(storedAccount(1));
    const changed = { ...storedAccount(1), tokens: { ...storedAccount(1).tokens, refreshToken: 'rotated' } };
    save(changed);
    assert.deepEqual(all(), [changed]);
    assert.equal(databases.main.transaction(() => databases.accounts.update({ ...changed.account, label: 'New', sort: 9 })), true);
    assert.deepEqual(all(), [{ ...changed, account: { ...changed.account, label: 'New', sort: 9 } }]);
  });

  it('refuses a second account of the same person and workspace, also without one, and keeps the batch out', () => {
    const noWorkspace = (number: number, subject: string) => {
      const one = storedAccount(number);
      return { ...one, account: { ...one.account, subject, chatgptAccountId: null } };
    };
    save(noWorkspace(1, 'same'));
    assert.throws(() => save(storedAccount(3), noWorkspace(2, 'same')), { code: 'conflict' });
    assert.equal(all().length, 1);
    save(noWorkspace(2, 'other'));
    assert.equal(all().length, 2);
  });

  it('deletes an account with all that belongs to it, and writes nothing for it afterwards', () => {
    save(storedAccount(1), storedAccount(2));
    const id = AccountId.parse('account-1');
    const { accounts, main } = databases;
    assert.deepEqual([1, 2].map(() => main.transaction(() => accounts.delete(id))), [true, false]);
    main.transaction(() => {
      accounts.saveTokens(id, storedAccount(1).tokens);
      accounts.saveState(id, storedAccount(1).state);
    });
    assert.equal(main.transaction(() => accounts.update(storedAccount(1).account)), false);
    for (const table of ['tokens', 'account_state']) assert.equal(main.value(`SELECT count(*) FROM ${table}`, []), 1, table);
    assert.deepEqual(all(), [storedAccount(2)]);
  });

  it('does not open a token that was moved to another account', () => {
    save(storedAccount(1), storedAccount(2));
    databases.main.transaction(() => databases.main.change("UPDATE tokens SET access_token = (SELECT access_token FROM tokens WHERE account_id = 'account-2') WHERE account_id = 'account-1'", []));
    assert.deepEqual(all().map(({ state }) => state.needsLogin !== null), [true, false]);
  });
});

describe('KeyStore', () => {
  it('keeps keys and their texts, refuses a hash twice, and says when a text cannot be decrypted', async () => {
    const databases = await openOn(new MemoryDisk());
    const { keys, main } = databases;
    const [one, two] = [platformKey(1), { ...platformKey(2), modelSlug: 'gpt-5', reasoningEffort: 'high', name: null }];
    main.transaction(() => {
      keys.create(one, 'text one');
      keys.create(two, 'text two');
    });
    assert.throws(() => main.transaction(() => keys.create({ ...platformKey(3), hash: one.hash }, 'x')), { code: 'conflict' });
    assert.deepEqual([main.transaction(() => keys.setEnabled(one.id, false)), main.transaction(() => keys.setEnabled(platformKey(3).id, false))], [true, false]);
    assert.deepEqual(keys.all().sort((a, b) => a.createdAt - b.createdAt), [{ ...one, enabled: false }, two]);
    assert.deepEqual([keys.readSecret(one.id), keys.readSecret(two.id), keys.readSecret(platformKey(3).id)], ['text one', 'text two', null]);
    main.transaction(() => main.change("UPDATE platform_keys SET secret = x'0011' WHERE id = ?", [one.id]));
    assert.throws(() => keys.readSecret(one.id), { code: 'dataKeyMissing', message: /still works/ });
    assert.deepEqual([main.transaction(() => keys.delete(one.id)), main.transaction(() => keys.delete(one.id)), keys.all().length], [true, false, 1]);
    closeBoth(databases);
  });
});
