import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Account, AccountId } from '../../../src/contract/account.ts';
import { mostPerPart, type EventPayload } from '../../../src/contract/rpc.ts';
import type { Disposable } from '../../../src/core/scope.ts';
import { systemClock } from '../../../src/core/systemClock.ts';
import { mintJwt } from '../../../src/lab/jwt.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { startService, type RunningService } from '../../../src/service/startService.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import { AccountTable } from '../../../src/vscode/accountTable.ts';
import { manyAccount, manyAccounts } from '../../lab/manyAccounts.ts';

const storeFile = resolve('dist/store.js');
const count = 10_000;

describe('ten thousand accounts', function () {
  this.timeout(120_000);
  let folder: string;
  let service: RunningService;
  let rpc: RpcClient;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-many-'));
    const dbPath = join(folder, 'codexmanager.db');
    const { store } = await openStore({ dbPath, storeFile, envDataKey: null, secretDataKey: null, onNotice: () => undefined });
    await store.saveAccounts(manyAccounts(count));
    await store.close();
    service = await startService({
      clock: systemClock, log: () => undefined, version: 'test',
      start: { type: 'start', dbPath, storeFile, env: { CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_ISSUER: 'http://127.0.0.1:9', CODEXMANAGER_UPSTREAM_BASE_URL: 'http://127.0.0.1:9', CODEXMANAGER_DISABLE_POLLING: '1' }, rpcOnGatewayPort: false, codexHome: join(folder, 'codex'), secretDataKey: null },
    });
    rpc = new RpcClient(service.ready);
  });
  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A window's knowledge; `until` resolves when it fits, now or later. */
  function follow(inParts: boolean): Disposable & { readonly list: () => readonly Account[]; until(fits: (accounts: readonly Account[]) => boolean): Promise<void>; readonly parts: EventPayload<'account/part'>[] } {
    const table = new AccountTable();
    const parts: EventPayload<'account/part'>[] = [];
    let look = (): void => undefined;
    const subscription = rpc.subscribe((event, payload) => {
      if (event === 'account/part') {
        parts.push(payload as EventPayload<'account/part'>);
        table.take(payload as EventPayload<'account/part'>);
      } else if (event === 'account/changed') table.replace(payload as EventPayload<'account/changed'>);
      look();
    }, () => undefined, { inParts });
    return {
      parts, list: () => table.list(), dispose: () => subscription.dispose(),
      until: (fits) => new Promise((done) => { look = () => { if (fits(table.list())) done(); }; look(); }),
    };
  }

  it('reach a window in parts, and the window then follows every change exactly', async () => {
    const follower = follow(true);
    await follower.until((accounts) => accounts.length === count);
    assert.ok(follower.parts.every(({ accounts }) => accounts.length <= mostPerPart));
    assert.deepEqual([follower.parts[0]?.reset, follower.parts.filter(({ reset }) => reset).length], [true, 1]);
    await changeAtRandom(rpc);
    const last = manyAccount(count - 1).account.id;
    await rpc.call('account/update', { accountId: last, label: 'the last change' });
    const { items } = await rpc.call('account/list');
    // Parts tell every account as it is by then: the last change may come with one that also tells earlier ones of others.
    await follower.until((accounts) => firstOther(accounts, items) < 0);
    const late = follow(true);
    await late.until((accounts) => accounts.length > 0);
    assertSame(late.list(), items);
    void late.dispose();
    void follower.dispose();
  });

  it('reach other tools whole', async () => {
    const tool = follow(false);
    await tool.until((accounts) => accounts.length > 0);
    assertSame(tool.list(), (await rpc.call('account/list')).items);
    const [first] = tool.list();
    assert.ok(first);
    await rpc.call('account/update', { accountId: first.id, label: 'seen by a tool' });
    await tool.until(([now]) => now?.label === 'seen by a tool');
    void tool.dispose();
  });
});

/** Where two lists differ first, -1 when they do not. */
function firstOther(seen: readonly Account[], expected: readonly Account[]): number {
  return seen.findIndex((account, i) => JSON.stringify(account) !== JSON.stringify(expected[i]));
}

/** Names the first account that differs: what assert makes of ten thousand different ones takes more memory than there is. */
function assertSame(seen: readonly Account[], expected: readonly Account[]): void {
  assert.equal(seen.length, expected.length);
  const at = firstOther(seen, expected);
  if (at >= 0) assert.deepEqual(seen[at], expected[at]);
}

/** Changes of all kinds, some of them while the one before is still told. */
async function changeAtRandom(rpc: RpcClient): Promise<void> {
  let seed = 11;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const some = (most: number): AccountId[] => Array.from({ length: 1 + random(most) }, () => manyAccount(random(count - 1)).account.id);
  for (let step = 0; step < 60; step += 1) {
    switch (random(4)) {
      case 0: await rpc.call('account/deleteMany', { accountIds: some(20) }); break;
      case 1: await rpc.call('account/updateMany', { accountIds: some(500), enabled: random(2) === 0, groupName: `group ${random(5)}` }); break;
      case 2: await rpc.call('account/arrange', { accountIds: some(3), before: null }); break;
      default: assert.equal((await rpc.call('account/import', { contents: [loginOf(`step-${step}`)] })).created, 1);
    }
  }
}

function loginOf(name: string): string {
  const access_token = mintJwt({ sub: `auth0|${name}`, exp: 2_000_000_000 });
  return JSON.stringify({ tokens: { id_token: mintJwt({ sub: `auth0|${name}`, email: `${name}@example.com` }), access_token, refresh_token: `rt-${name}`, account_id: `acc-${name}` } });
}
