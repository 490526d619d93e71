import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../../../src/contract/account.ts';
import { eventText } from '../../../src/rpc/accountFeed.ts';
import { Mirror, type Snapshot } from '../../../src/vscode/mirror.ts';
import { manyViews } from '../../lab/manyAccounts.ts';

describe('Mirror', () => {
  let server: Server;
  let mirror: Mirror;
  let listener: PromiseWithResolvers<{ response: ServerResponse; url: string }>;
  beforeEach(async () => {
    listener = Promise.withResolvers();
    server = createServer((incoming, response) => {
      if (incoming.method === 'POST') response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{"items":[]}}');
      else listener.resolve({ response: response.writeHead(200, { 'content-type': 'text/event-stream' }), url: incoming.url ?? '' });
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    mirror = new Mirror();
    const { port } = server.address() as AddressInfo;
    mirror.setSeat({ role: 'client', leader: { rpcUrl: `http://127.0.0.1:${port}`, token: 't', epoch: 1, contractVersion: 1, pid: 1 } });
  });
  afterEach(async () => {
    mirror.dispose();
    server.closeAllConnections();
    await new Promise((done) => void server.close(done));
  });

  const when = (holds: (accounts: readonly Account[]) => boolean): Promise<readonly Account[]> => new Promise((done) => {
    const look = ({ accounts }: Snapshot): void => {
      if (!accounts || !holds(accounts)) return;
      void subscription.dispose();
      done(accounts);
    };
    const subscription = mirror.onChange(look);
    look(mirror.snapshot);
  });

  it('asks for parts and shows the pool when it is whole, in order', async () => {
    const { response, url } = await listener.promise;
    assert.equal(url, '/rpc/events?accounts=parts');
    const accounts = manyViews(4);
    const seen: number[] = [];
    mirror.onChange((snapshot) => { if (snapshot.accounts) seen.push(snapshot.accounts.length); });
    response.write(eventText('account/part', { reset: true, accounts: accounts.slice(2), removed: [], last: false }));
    response.write(eventText('account/part', { reset: false, accounts: accounts.slice(0, 2), removed: [], last: true }));
    assert.deepEqual(await when(() => true), accounts);
    assert.ok(seen.every((count) => count === 4));
  });

  it('takes the whole pool of an older leader', async () => {
    const { response } = await listener.promise;
    const accounts = manyViews(2).toReversed();
    response.write(eventText('account/changed', accounts));
    assert.deepEqual(await when(() => true), accounts);
    response.write(eventText('account/changed', []));
    assert.deepEqual(await when((now) => now.length === 0), []);
  });

  it('leaves the pool of one moment as it is when another comes', async () => {
    const { response } = await listener.promise;
    const accounts = manyViews(2);
    response.write(eventText('account/part', { reset: true, accounts, removed: [], last: true }));
    const before = await when(() => true);
    response.write(eventText('account/part', { reset: false, accounts: manyViews(1, { label: 'renamed' }), removed: accounts.slice(1).map(({ id }) => id), last: true }));
    const after = await when((now) => now.length === 1);
    assert.deepEqual([before, after.map(({ label }) => label)], [accounts, ['renamed']]);
  });

  it('shows a large pool anew only now and then, however many changes come, and the last of them in the end', async () => {
    const { response } = await listener.promise;
    const accounts = manyViews(2_000);
    response.write(eventText('account/part', { reset: true, accounts, removed: [], last: true }));
    await when(() => true);
    const shown = new Set<readonly Account[]>();
    let heard = 0;
    mirror.onChange((snapshot) => { if (snapshot.accounts) shown.add(snapshot.accounts); });
    mirror.onEvent(() => { heard += 1; });
    for (let i = 0; i < 50; i += 1) response.write(eventText('account/part', { reset: false, accounts: manyViews(1, { label: `renamed ${i}` }), removed: [], last: true }));
    await when(([first]) => first?.label === 'renamed 49');
    assert.equal(heard, 50);
    assert.ok(shown.size < 25, `shown ${shown.size} times`);
  });
});
