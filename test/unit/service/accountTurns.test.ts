import assert from 'node:assert/strict';
import { AccountId } from '../../../src/contract/account.ts';
import type { AccountRecord, StoredAccount } from '../../../src/core/records.ts';
import type { Store } from '../../../src/core/store.ts';
import { AccountIntake } from '../../../src/service/accountIntake.ts';
import { AccountPool } from '../../../src/service/accountPool.ts';
import type { ImportedAccount } from '../../../src/core/importAccounts.ts';
import { HandClock } from '../../lab/clocks.ts';
import { storedAccount } from '../storage/harness.ts';

/** A store whose writes wait until they are let go, in order. */
class SlowStore {
  readonly #waiting: (() => void)[] = [];
  readonly rows = new Map<string, AccountRecord>();

  readonly store = {
    saveAccounts: (list: readonly StoredAccount[]) => this.#later(() => list.forEach(({ account }) => this.rows.set(account.id, account))),
    updateAccounts: (list: readonly AccountRecord[]) => this.#later(() => list.forEach((account) => this.rows.set(account.id, account))),
    deleteAccounts: (ids: readonly AccountId[]) => this.#later(() => ids.forEach((id) => this.rows.delete(id))),
    saveStates: () => Promise.resolve(),
  } as unknown as Store;

  /** Lets writes go until nothing waits any more. */
  async drain(): Promise<void> {
    for (let idle = 0; idle < 20; idle += 1) {
      const next = this.#waiting.shift();
      if (next) idle = 0;
      next?.();
      await Promise.resolve();
    }
  }

  #later(write: () => void): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(() => {
      write();
      resolve();
    }));
  }
}

const one = AccountId.parse('account-1');

describe('changes of accounts that meet', () => {
  let slow: SlowStore;
  let pool: AccountPool;
  const clock = new HandClock(1_800_000_000_000);
  beforeEach(() => {
    slow = new SlowStore();
    pool = new AccountPool({ store: slow.store, clock, log: () => undefined }, [storedAccount(1)]);
  });

  const arriving = (over: Partial<ImportedAccount> = {}): ImportedAccount => {
    const { account, tokens } = storedAccount(1);
    return { ok: true, subject: account.subject, chatgptAccountId: account.chatgptAccountId, email: 'new@example.com', plan: 'pro', workspaceName: null, workspaceRole: null, personSet: {}, tokens: { ...tokens, refreshToken: 'rt_new', accessExpiresAt: 2_000_000_000 }, ...over };
  };
  const intakeOf = (item: ImportedAccount): AccountIntake => {
    const intake = new AccountIntake(pool, clock, { groupName: null, source: 'login' });
    intake.add(item);
    return intake;
  };

  it('keeps both of two updates, on disk and in memory', async () => {
    const both = Promise.all([pool.update(new Map([[one, { label: 'mine' }]])), pool.update(new Map([[one, { plan: 'pro' }]]))]);
    await slow.drain();
    await both;
    for (const account of [pool.find(one)?.account, slow.rows.get('account-1')]) assert.deepEqual([account?.label, account?.plan], ['mine', 'pro']);
  });

  it('lets a login keep what a person set while it came', async () => {
    const intake = intakeOf(arriving());
    const both = Promise.all([pool.update(new Map([[one, { label: 'mine', tags: ['t'] }]])), intake.save()]);
    await slow.drain();
    await both;
    const stored = pool.find(one);
    assert.deepEqual([stored?.account.label, stored?.account.tags, stored?.account.email, stored?.tokens.refreshToken], ['mine', ['t'], 'new@example.com', 'rt_new']);
    assert.equal(slow.rows.get('account-1')?.label, 'mine');
  });

  it('keeps what was learnt while a login was stored', async () => {
    const saved = intakeOf(arriving()).save();
    await Promise.resolve();
    await Promise.resolve();
    pool.learn(one, { kind: 'exhausted', until: 1_900_000_000_000, at: 1_800_000_000_000 });
    await slow.drain();
    await saved;
    assert.equal(pool.find(one)?.state.exhaustedUntil, 1_900_000_000_000);
  });

  it('makes one account of the same person who comes twice at the same time', async () => {
    const item = arriving({ subject: 'auth0|new' });
    const both = Promise.all([intakeOf(item).save(), intakeOf({ ...item, tokens: { ...item.tokens, refreshToken: 'rt_second' } }).save()]);
    await slow.drain();
    const [[first], [second]] = await both;
    assert.equal(first?.account.id, second?.account.id);
    assert.equal(pool.list().length, 2);
    assert.equal(second?.tokens.refreshToken, 'rt_second');
  });

  it('goes on after a write that failed', async () => {
    let fails = true;
    const failing = new AccountPool({ store: { ...slow.store, updateAccounts: () => (fails ? Promise.reject(new Error('full')) : Promise.resolve(1)) }, clock, log: () => undefined }, [storedAccount(1)]);
    await assert.rejects(failing.update(new Map([[one, { label: 'x' }]])), /full/);
    fails = false;
    assert.equal(await failing.update(new Map([[one, { label: 'y' }]])), 1);
    assert.equal(failing.find(one)?.account.label, 'y');
  });
});
