import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AccountId } from '../../../src/contract/account.ts';
import { parseImport } from '../../../src/core/importAccounts.ts';
import { freshState, type StoredAccount } from '../../../src/core/records.ts';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import { startCare, storeFile } from '../../lab/tokenCareUnderTest.ts';

const program = resolve(import.meta.dirname, 'tokenCrash.ts');
const id = AccountId.parse('acc_a');

describe('a kill -9 in the middle of a refresh', function () {
  this.timeout(60_000);
  let folder: string;
  let codexHome: string;
  let dbPath: string;
  let lab: Lab;
  let child: ChildProcess | null;
  let authText: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-crash-'));
    codexHome = join(folder, 'codex');
    dbPath = join(folder, 'codexmanager.db');
    child = null;
    lab = await startLab({ accounts: [{ label: 'a', email: 'a@x', subject: 's', chatgptAccountId: 'acc' }] });
    await storeDueAccount();
  });
  afterEach(async () => {
    await kill();
    await lab.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One account whose login is due now, in the database and in Codex CLI's file. */
  async function storeDueAccount(): Promise<void> {
    authText = lab.authJson('a');
    mkdirSync(codexHome);
    writeFileSync(join(codexHome, 'auth.json'), authText);
    const [item] = parseImport(authText);
    assert.ok(item?.ok);
    const { subject, chatgptAccountId, email, plan, tokens } = item;
    const account = { id, subject, chatgptAccountId, email, plan, label: 'a', groupName: null, sort: 0, enabled: true, createdAt: 0, updatedAt: 0, tags: [], note: null, workspaceName: null, workspaceRole: null, codexShared: true, reservePercent: 0, proxyUrl: null };
    const { store } = await openStore({ dbPath, storeFile, envDataKey: null, secretDataKey: null, onNotice: () => undefined });
    await store.saveAccounts([{ account, tokens: { ...tokens, accessExpiresAt: Math.floor(Date.now() / 1000) }, state: freshState }]);
    await store.close();
  }

  function begin(stopAt: 'before' | 'after' | ''): ChildProcess {
    child = spawn(process.execPath, [program, dbPath, lab.url, codexHome, stopAt], { stdio: ['ignore', 'pipe', 'inherit'] });
    return child;
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Runs until the child stands still around its write, and kills it there. */
  async function killAt(stopAt: 'before' | 'after'): Promise<void> {
    const { stdout } = begin(stopAt);
    assert.ok(stdout);
    await once(stdout, 'data');
    await kill();
  }

  /** Runs until the refresh stands at the issuer, and kills it there. */
  async function killWhileHeld(hold: 'arrival' | 'answer'): Promise<void> {
    const refreshes = lab.refreshes('a');
    refreshes.hold = hold;
    begin('');
    await lab.until(() => (hold === 'arrival' ? refreshes.asked : refreshes.rotated) === 1);
    await kill();
    refreshes.hold = null;
    lab.release();
  }

  /** The next start: what the account is like once the issuer was asked `asked` times in all. */
  async function restart(asked: number): Promise<StoredAccount> {
    const care = await startCare({ dbPath, issuer: lab.url, codexHome });
    await lab.until(() => lab.refreshes('a').asked >= asked);
    await care.dispose();
    return stored();
  }

  async function stored(): Promise<StoredAccount> {
    const { store, accounts } = await openStore({ dbPath, storeFile, envDataKey: null, secretDataKey: null, onNotice: () => undefined });
    await store.close();
    const found = accounts[0];
    assert.ok(found);
    return found;
  }

  const fileToken = (): string => (JSON.parse(readFileSync(join(codexHome, 'auth.json'), 'utf8')) as { tokens: { refresh_token: string } }).tokens.refresh_token;

  it('before the issuer saw it: the token is still good, and is used', async () => {
    await killWhileHeld('arrival');
    const { state, tokens } = await restart(2);
    assert.equal(state.needsLogin, null);
    assert.deepEqual(counts(), { asked: 2, rotated: 1, ended: 0 });
    assert.equal(tokens.refreshToken, fileToken());
  });

  for (const [moment, crash] of [['while the answer was on its way', () => killWhileHeld('answer')], ['before the answer was stored', () => killAt('before')]] as const) {
    it(`${moment}: the old token is tried once, and the issuer's refusal is the reason`, async () => {
      await crash();
      const { state } = await restart(2);
      assert.equal(state.needsLogin, 'refresh_token_reused');
      assert.deepEqual(counts(), { asked: 2, rotated: 1, ended: 1 });
      const care = await startCare({ dbPath, issuer: lab.url, codexHome });
      assert.deepEqual(care.keeper.due(), []);
      assert.deepEqual(await care.keeper.refreshNow(id), { kind: 'refused', reason: 'refresh_token_reused' });
      await care.dispose();
      assert.equal(counts().asked, 2);
    });

    it(`${moment}, and the issuer allows for that: the login goes on`, async () => {
      await crash();
      lab.refreshes('a').leeway = true;
      const { state, tokens } = await restart(2);
      assert.equal(state.needsLogin, null);
      assert.deepEqual(counts(), { asked: 2, rotated: 1, ended: 0 });
      assert.equal(tokens.refreshToken, fileToken());
    });
  }

  it('after the answer was stored: it is used, and Codex CLI gets it too', async () => {
    await killAt('after');
    assert.match(authText, new RegExp(fileToken()), 'not handed on yet');
    const { refreshToken } = (await stored()).tokens;
    const care = await startCare({ dbPath, issuer: lab.url, codexHome });
    while (fileToken() !== refreshToken) await new Promise((next) => setImmediate(next));
    assert.equal(counts().asked, 1);
    assert.deepEqual(await care.keeper.refreshNow(id), { kind: 'renewed' });
    await care.dispose();
    assert.deepEqual(counts(), { asked: 2, rotated: 2, ended: 0 });
  });

  function counts(): { asked: number; rotated: number; ended: number } {
    const { asked, rotated, ended } = lab.refreshes('a');
    return { asked, rotated, ended };
  }
});
