import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ImportedAccount } from '../../../src/core/importAccounts.ts';
import { freshState, type AccountState, type StoredAccount, type TokenRecord } from '../../../src/core/records.ts';
import type { Store } from '../../../src/core/store.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import { AccountIntake, type IntakeOptions, type Planned } from '../../../src/service/accountIntake.ts';
import { AccountPool } from '../../../src/service/accountPool.ts';

const now = 1_800_000_000;
const clock = { now: () => now * 1000, sleep: () => Promise.resolve() };
const auth = { 'https://api.openai.com/auth': { chatgpt_user_id: 'user-1' } };

function tokens(changes: Partial<TokenRecord> = {}): TokenRecord {
  return { idToken: null, accessToken: mintJwt({ sub: 's1', exp: 100, ...auth }), refreshToken: 'r1', apiKey: null, accessExpiresAt: 100, lastRefresh: 50, replacedHash: null, ...changes };
}

function item(changes: Partial<ImportedAccount> = {}, tokenChanges: Partial<TokenRecord> = {}): ImportedAccount {
  return { ok: true, subject: 's1', chatgptAccountId: 'w1', email: 'one@example.com', plan: 'plus', workspaceName: null, workspaceRole: null, personSet: {}, ...changes, tokens: tokens(tokenChanges) };
}

interface Opened { readonly pool: AccountPool; readonly saved: StoredAccount[][]; readonly intake: (options?: Partial<IntakeOptions>) => AccountIntake }

/** A pool whose store takes everything, with one account when its tokens or state are given. */
async function open(existing: { tokens?: Partial<TokenRecord>; state?: Partial<AccountState>; sort?: number } | null): Promise<Opened> {
  const saved: StoredAccount[][] = [];
  const store = { saveAccounts: (accounts: readonly StoredAccount[]) => Promise.resolve(void saved.push([...accounts])) } as Partial<Store> as Store; // all that an intake asks of it
  const pool = new AccountPool({ store, clock, log: () => undefined }, []);
  const intake = (options: Partial<IntakeOptions> = {}): AccountIntake => new AccountIntake(pool, clock, { groupName: 'IMPORT', source: 'file', ...options });
  if (existing) {
    const first = intake();
    const { stored } = first.add(item({}, existing.tokens));
    await pool.save([{ ...stored, account: { ...stored.account, label: 'mine', groupName: null, sort: existing.sort ?? 5, tags: ['t'], note: 'n', enabled: false }, state: { ...freshState, ...existing.state } }]);
  }
  return { pool, saved, intake };
}

const outcome = ({ action, reason }: Planned): string => (reason === null ? action : `${action}: ${reason}`);

describe('AccountIntake', () => {
  const login = { refreshToken: 'r2', accessToken: 'other', accessExpiresAt: 200, lastRefresh: 60 };
  const rows: [name: string, existing: { tokens?: Partial<TokenRecord>; state?: Partial<AccountState> }, imported: Partial<TokenRecord>, expected: string, kept: 'stored' | 'imported'][] = [
    ['the same login', {}, {}, 'skip: it is there already, unchanged', 'stored'],
    ['a newer login', {}, login, 'update', 'imported'],
    ['an older one', {}, { ...login, accessExpiresAt: 99 }, 'skip: the stored login is newer', 'stored'],
    ['an older one by its last refresh, where a token does not tell its end', {}, { ...login, accessExpiresAt: null, lastRefresh: 49 }, 'skip: the stored login is newer', 'stored'],
    ['one of unknown age', {}, { ...login, accessExpiresAt: null, lastRefresh: 0 }, 'update', 'imported'],
    ['the login that a renewal replaced', { tokens: { refreshToken: 'r3', replacedHash: createHash('sha256').update('r2').digest('hex') } }, login, 'skip: the stored login is newer', 'stored'],
    ['a login that cannot be renewed', {}, { ...login, refreshToken: null }, 'skip: the stored login can be renewed, this one cannot', 'stored'],
    ['one that cannot be renewed, where neither can the stored one', { tokens: { refreshToken: null } }, { ...login, refreshToken: null }, 'update', 'imported'],
    ['an API key that is new', {}, { apiKey: 'sk-1' }, 'update', 'stored'],
    ['an API key that is known', { tokens: { apiKey: 'sk-1' } }, { apiKey: 'sk-1' }, 'skip: it is there already, unchanged', 'stored'],
    ['the tokens that were refused', { state: { needsLogin: 'refresh_token_reused' } }, { accessToken: 'whatever' }, 'skip: these are the tokens that were refused', 'stored'],
    ['an older login, where the stored one is dead', { state: { needsLogin: 'refresh_token_reused' } }, { ...login, accessExpiresAt: 1 }, 'update', 'imported'],
    ['a login that cannot be renewed, where the stored one is dead', { state: { needsLogin: 'x' } }, { ...login, refreshToken: null }, 'update', 'imported'],
    ['the same login, where the account is blocked', { state: { blocked: 'deactivated_workspace' } }, {}, 'update', 'stored'],
    ['a newer login, where the account is blocked', { state: { blocked: 'deactivated_workspace' } }, login, 'update', 'imported'],
    ['an older one, where the account is blocked', { state: { blocked: 'deactivated_workspace' } }, { ...login, accessExpiresAt: 1 }, 'update', 'stored'],
  ];

  for (const [name, existing, imported, expected, kept] of rows) {
    it(`meets ${name}: ${expected}`, async () => {
      const { pool, intake } = await open(existing);
      const before = pool.list()[0];
      const planning = intake();
      const offered = item({ email: 'new@example.com' }, imported);
      assert.equal(planning.wouldChange(offered), expected === 'update' ? before?.account.id : null);
      assert.equal(outcome(planning.add(offered)), expected);
      assert.equal(pool.list()[0], before, 'nothing changes before save()');
      await planning.save();
      const [after] = pool.list();
      assert.equal(pool.list().length, 1);
      assert.equal(after?.tokens.refreshToken, kept === 'stored' ? before?.tokens.refreshToken : offered.tokens.refreshToken);
      const { id, label, groupName, sort, tags, note, enabled } = after?.account ?? {};
      assert.deepEqual([id, label, groupName, sort, tags, note, enabled], [before?.account.id, 'mine', null, 5, ['t'], 'n', false], 'what a person set stays');
      if (expected === 'update') assert.deepEqual([after?.state.needsLogin, after?.state.blocked, after?.account.email], [null, null, 'new@example.com']);
      else assert.equal(after, before);
    });
  }

  it('takes a login that was made just now, whatever is stored', async () => {
    const { intake, pool } = await open({ state: { needsLogin: 'x' } });
    const planning = intake({ source: 'login' });
    assert.equal(outcome(planning.add(item({}, { refreshToken: 'r0', accessExpiresAt: 1 }))), 'update');
    await planning.save();
    assert.equal(pool.list()[0]?.tokens.refreshToken, 'r0');
  });

  it('keeps an API key that the new login does not bring', async () => {
    const { intake, pool } = await open({ tokens: { apiKey: 'sk-1' } });
    const planning = intake();
    planning.add(item({}, login));
    await planning.save();
    assert.equal(pool.list()[0]?.tokens.apiKey, 'sk-1');
  });

  it('makes an account for every person in every workspace, once', async () => {
    const { intake, pool, saved } = await open(null);
    const planning = intake();
    const people = [item(), item({ chatgptAccountId: 'w2' }), item({ subject: 's2' }), item({ chatgptAccountId: null }), item()];
    assert.deepEqual(people.map((one) => planning.add(one).action), ['create', 'create', 'create', 'create', 'skip']);
    assert.equal(planning.size, 4);
    await planning.save();
    assert.deepEqual([pool.list().length, planning.size, saved.length, saved[0]?.length], [4, 0, 1, 4]);
    await planning.save();
    assert.equal(saved.length, 1, 'nothing waits any more');
  });

  it('gives a new account what its file brings along, else what an import gives', async () => {
    const { intake } = await open({ sort: 5 });
    const planning = intake();
    const { stored: plain } = planning.add(item({ subject: 'x', email: null, personSet: {} }, { lastRefresh: 0 }));
    assert.deepEqual([plain.account.label, plain.account.groupName, plain.account.sort, plain.account.enabled, plain.tokens.lastRefresh], ['Imported account 0001', 'IMPORT', 6, true, now]);
    const { stored: own } = planning.add(item({ subject: 'y', personSet: { label: 'own', groupName: null, sort: 3, enabled: false, tags: ['a'], note: 'b' } }));
    assert.deepEqual([own.account.label, own.account.groupName, own.account.sort, own.account.enabled, own.account.tags, own.account.note], ['own', null, 7, false, ['a'], 'b']);
    assert.equal(planning.add(item({ subject: 'z', personSet: { sort: 90 } })).stored.account.sort, 90);
    assert.equal(planning.add(item({ subject: 'last' })).stored.account.sort, 91);
  });

  it('keeps the very sorts of an export in an empty pool', async () => {
    const planning = (await open(null)).intake();
    assert.deepEqual([-4, 0, 17].map((sort) => planning.add(item({ subject: `s${sort}`, personSet: { sort } })).stored.account.sort), [-4, 0, 17]);
  });

  it('passes over a personal token beside the same person\'s login, stored or on its way', async () => {
    const token = item({ subject: 'user-1' }, { accessToken: 'at-personal', refreshToken: null, accessExpiresAt: null });
    const { intake } = await open({});
    assert.equal(outcome(intake().add(token)), 'skip: the same person\'s full login for this workspace is there already');
    assert.equal(intake().add({ ...token, chatgptAccountId: 'w2' }).action, 'create');
    assert.equal(intake().add({ ...token, subject: 'user-2' }).action, 'create');
    const empty = await open(null);
    const planning = empty.intake();
    planning.add(item());
    assert.equal(planning.add(token).action, 'skip');
  });

  it('marks the account that holds Codex CLI\'s login, and no other', async () => {
    const { intake, pool } = await open({});
    const planning = intake({ shared: 'r1' });
    assert.equal(planning.wouldChange(item()), pool.list()[0]?.account.id);
    assert.equal(outcome(planning.add(item())), 'update');
    assert.equal(planning.add(item({ subject: 's2' }, { refreshToken: 'r9' })).stored.account.codexShared, false);
    await planning.save();
    assert.deepEqual(pool.list().map(({ account }) => account.codexShared), [true, false]);
    assert.equal(outcome(intake({ shared: 'r1' }).add(item())), 'skip: it is there already, unchanged');
  });
});
