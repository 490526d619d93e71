import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Method, Params } from '../../../src/contract/rpc.ts';
import { send, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { authFile, authText } from './importing.ts';

describe('what imports and exports say', () => {
  const said: string[] = [];
  let harness: Harness;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-secret-'));
    harness = await startHarness([], {}, { log: (_level, message) => said.push(message) });
  });
  after(async () => {
    await harness.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The answer as it crosses the wire, failures too. */
  async function ask<M extends Method>(method: M, params: Params<M>): Promise<{ result?: { importId?: string; revision?: number; state?: string } }> {
    const { rpcUrl, token } = harness.service.ready;
    const { body } = await send(`${rpcUrl}/rpc`, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
    said.push(body);
    return JSON.parse(body) as never;
  }

  async function run(params: Params<'account/import/start'>, commit: Omit<Params<'account/import/commit'>, 'importId'>): Promise<void> {
    let status = (await ask('account/import/start', params)).result;
    const importId = status?.importId ?? '';
    const settle = async (): Promise<void> => {
      while (status?.state === 'reading' || status?.state === 'storing') status = (await ask('account/import/status', { importId, seenRevision: status.revision ?? 0, waitMs: 10_000 })).result;
    };
    await settle();
    for (let step = 0; step < 3; step += 1) {
      await ask('account/import/commit', { importId, ...commit });
      status = (await ask('account/import/status', { importId })).result;
      await settle();
    }
    await ask('account/import/cancel', { importId });
  }

  it('never holds a token, key or passphrase, whatever goes wrong', async function () {
    this.timeout(60_000);
    const { tokens } = authFile('secret', { apiKey: 'sk-planted-api-key' }) as { tokens: { id_token: string; access_token: string; refresh_token: string } };
    const personal = 'at-plantedPersonalToken';
    const passphrase = 'planted passphrase';
    const good = authText('secret', { apiKey: 'sk-planted-api-key' });
    const bad = [good.slice(0, -30), JSON.stringify({ tokens: { ...tokens, access_token: 5 } }), JSON.stringify({ type: tokens.refresh_token }), JSON.stringify({ [tokens.refresh_token]: tokens }), tokens.access_token, `"${tokens.access_token}"`, personal, `${personal} ${personal}`,
      JSON.stringify({ tokens: { access_token: tokens.refresh_token } }), JSON.stringify({ platform: tokens.access_token }), JSON.stringify({ personal_access_token: tokens.refresh_token }), JSON.stringify({ authJson: good.slice(0, 40) }), `{"format":"codexmanager-backup","version":1,"data":"${tokens.refresh_token}`];
    await run({ sources: [good, ...bad].map((text, index) => ({ name: `n${index}`, text })), passphrase }, {});
    await ask('account/import', { contents: [good, ...bad] });
    const accountId = (await harness.rpc.call('account/list')).items[0]?.id as never;
    await ask('account/export', { folder: join(folder, 'out') });
    await ask('account/export', { file: join(folder, 'no', 'where') });
    mkdirSync(join(harness.folder, 'codex'));
    writeFileSync(join(harness.folder, 'codex', 'auth.json'), JSON.stringify({ ...JSON.parse(good) as object, extra: personal }));
    await ask('account/codexLogin', {});
    await run({ codexLogin: true }, { codexShared: true });
    await ask('account/useInCodex', { accountId });
    writeFileSync(join(harness.folder, 'codex', 'auth.json'), `nonsense ${personal}`);
    await ask('account/codexLogin', {});
    await ask('account/useInCodex', { accountId });
    await run({ codexLogin: true }, {});
    const file = join(folder, 'backup');
    await ask('backup/create', { file, passphrase });
    await ask('backup/create', { file: join(folder, 'no', 'where'), passphrase });
    await run({ paths: [file] }, { passphrase: 'wrong planted one' });
    await run({ paths: [file] }, { passphrase });
    writeFileSync(join(folder, 'damaged'), readFileSync(file, 'utf8').replace('"tag":"', '"tag":"A'));
    await run({ paths: [join(folder, 'damaged')] }, { passphrase });
    const everything = said.join('\n');
    for (const secret of [...Object.values(tokens).filter((token) => token !== 'acc-secret'), 'planted', harness.key]) assert.ok(!everything.includes(secret), `it holds ${secret.slice(0, 12)}…: ${everything.slice(Math.max(0, everything.indexOf(secret) - 200), everything.indexOf(secret) + 40)}`);
    assert.match(everything, /1 accounts were exported to/);
    assert.match(everything, /An import ended/);
  });
});
