import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '../../../src/rpc/client.ts';
import { send, textOf } from '../../lab/gatewayUnderTest.ts';
import { openFiles, readLeader, startHeadless, type Headless } from '../../lab/headless.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe('the headless program', function () {
  this.timeout(30_000);
  let folder: string;
  let running: Headless[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-headless-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.kill('SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  });

  function start(env: Record<string, string> = {}, args: readonly string[] = []): Headless {
    const one = startHeadless({ CODEXMANAGER_DB_PATH: join(folder, 'codexmanager.db'), CODEXMANAGER_SERVICE_ADDR: 'localhost:0', ...env }, args);
    running.push(one);
    return one;
  }

  it('prints one line with its addresses, and ends cleanly on SIGTERM', async () => {
    const one = start();
    await one.says(/gateway at http:\/\/127\.0\.0\.1:\d+ and http:\/\/\[::1\]:\d+, control at http:\/\/127\.0\.0\.1:\d+, data in /);
    assert.equal(one.out().trim().split('\n').length, 1);
    assert.equal(await one.kill('SIGTERM'), 0);
    assert.equal(one.err(), '');
    assert.equal(existsSync(join(folder, 'leader.json')), false);
  });

  it('keeps its files to itself', async () => {
    const one = start();
    await one.says(/gateway at/);
    for (const name of ['codexmanager.db', 'codexmanager-logs.db', 'codexmanager.key', 'leader.lock', 'leader.json', 'codexmanager.rpc-token']) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    }
  });

  it('lets only one process open the databases; kill -9 of the leader, and the standby answers on the same port within a second', async () => {
    const port = await freePort();
    const env = { CODEXMANAGER_SERVICE_ADDR: `localhost:${port}` };
    const first = start(env);
    await first.says(/gateway at/);
    const second = start(env);
    await second.says(/standby for .*; process \d+ leads/);
    assert.ok(openFiles(first.pid, folder).includes('codexmanager.db'));
    assert.deepEqual(openFiles(second.pid, folder).filter((name) => name.includes('codexmanager')), []);
    const { epoch } = readLeader(folder);
    const { key } = await new RpcClient(readLeader(folder)).call('apikey/create', { name: 'kept' });
    first.process.kill('SIGKILL');
    const startedAt = performance.now();
    await answering(port);
    const took = performance.now() - startedAt;
    console.log(`      taken over in ${took.toFixed(0)} ms`);
    assert.ok(took < 1000, `${took} ms`);
    await second.says(/gateway at/);
    assert.ok(readLeader(folder).epoch > epoch);
    const reply = await send(`http://127.0.0.1:${port}/v1/models`, { method: 'GET', headers: { authorization: `Bearer ${key}` } });
    assert.equal(reply.status, 200);
  });

  it('says that another program has the port, and exits with 1', async () => {
    const other = createServer();
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as AddressInfo;
    const one = start({ CODEXMANAGER_SERVICE_ADDR: `localhost:${port}` });
    assert.equal(await one.exited, 1);
    assert.match(one.err(), new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is used by another program\\..*CODEXMANAGER_SERVICE_ADDR`));
    await new Promise((closed) => other.close(closed));
  });

  it('gives the lock back when the data key is gone, changes nothing, and starts again with the key', async () => {
    const env = { CODEXMANAGER_DATA_KEY: 'a'.repeat(64) };
    const first = start(env);
    await first.says(/gateway at/);
    await first.kill('SIGTERM');
    const wrong = start({ CODEXMANAGER_DATA_KEY: 'b'.repeat(64) });
    assert.equal(await wrong.exited, 1);
    assert.match(wrong.err(), /encrypted with a data key that is not here.*CODEXMANAGER_DATA_KEY/);
    assert.ok(!wrong.err().includes('bbbb'));
    const none = start();
    assert.equal(await none.exited, 1);
    assert.equal(existsSync(join(folder, 'codexmanager.key')), false);
    await start(env).says(/gateway at/);
  });

  for (const [name, file, content, message] of [
    ['a database that is none', 'codexmanager.db', 'this is not a database, whatever its name says', /codexmanager\.db is damaged/],
    ['a malformed key file', 'codexmanager.key', 'short', /malformed/],
  ] as const) {
    it(`names ${name} and leaves it as it is`, async () => {
      writeFileSync(join(folder, file), content.repeat(file.endsWith('.db') ? 100 : 1));
      const one = start();
      assert.equal(await one.exited, 1);
      assert.match(one.err(), message);
    });
  }

  it('names a variable or flag that is wrong', async () => {
    const address = start({ CODEXMANAGER_UPSTREAM_BASE_URL: 'ftp://x' });
    assert.equal(await address.exited, 1);
    assert.match(address.err(), /CODEXMANAGER_UPSTREAM_BASE_URL/);
    const flag = start({}, ['--port', '1']);
    assert.equal(await flag.exited, 1);
    assert.match(flag.err(), /--port.*--help/s);
  });

  it('serves the control plane on the gateway\'s port only with the token of its file', async () => {
    const one = start({ CODEXMANAGER_RPC_TOKEN: 'open-sesame' });
    const said = await one.says(/gateway at (\S+) /);
    const gateway = /gateway at (\S+) /.exec(said)?.[1] ?? '';
    const call = (headers: Record<string, string>) => send(`${gateway}/rpc`, { method: 'POST', body: '{"id":1,"method":"initialize"}', headers: { 'content-type': 'application/json', ...headers } });
    assert.equal((await call({})).status, 401);
    assert.equal((await call({ authorization: `Bearer ${readLeader(folder).token}` })).status, 401);
    const reply = await call({ 'x-codexmanager-rpc-token': 'open-sesame' });
    assert.deepEqual((JSON.parse(reply.body) as { id: number; result: { server_name: string } }).result.server_name, 'codexmanager-service');
  });

  it('runs a demo that answers, and leaves nothing behind', async () => {
    const before = demoFolders();
    const one = start({}, ['--demo']);
    const said = await one.says(/--skip-git-repo-check/);
    const key = /CODEXMANAGER_KEY=(\w+)/.exec(said)?.[1] ?? '';
    const base = /base_url="([^"]+)"/.exec(said)?.[1] ?? '';
    const reply = await send(`${base}/responses`, { method: 'POST', body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: 'hello' }), headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } });
    assert.match(textOf(reply.body), /^Hello from (work|team|side)\.$/);
    assert.equal(await one.kill('SIGTERM'), 0);
    assert.deepEqual(demoFolders(), before);
  });
});

function demoFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('codexmanager-demo-'));
}

async function answering(port: number): Promise<void> {
  for (;;) {
    try {
      if ((await send(`http://127.0.0.1:${port}/health`, { method: 'GET' })).status === 200) return;
    } catch {
      await new Promise((again) => setImmediate(again));
    }
  }
}
