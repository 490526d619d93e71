import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { startLab, type Lab } from '../../../src/lab/startLab.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { accountA, send } from '../../lab/gatewayUnderTest.ts';
import { seeded } from '../../unit/storage/harness.ts';

const program = resolve(import.meta.dirname, '../../lab/serviceProcess.ts');
const Place = z.object({ rpcUrl: z.string(), token: z.string(), url: z.string() });
const body = JSON.stringify({ model: 'gpt-5', stream: true, store: false, max_output_tokens: 60, input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }] });
const estimate = Math.ceil(body.length / 4) + 60;

describe('a kill -9 while keys are counted', function () {
  this.timeout(120_000);
  let folder: string;
  let lab: Lab;
  let child: ChildProcess;
  let rpc: RpcClient;
  let url: string;
  let secret: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-keykill-'));
    lab = await startLab({ accounts: [accountA] });
    await begin();
    await rpc.call('account/import', { contents: [lab.authJson('a')] });
    const { id, key } = await rpc.call('apikey/create', { name: 'killed', limits: { tokensPerDay: 10_000_000, tokensPerWeek: 10_000_000 } });
    assert.ok(id);
    secret = key;
  });
  afterEach(async () => {
    await kill();
    await lab.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function begin(): Promise<void> {
    child = spawn(process.execPath, [program, folder, lab.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    assert.ok(child.stdout);
    const [text] = await once(child.stdout.setEncoding('utf8'), 'data') as [string];
    const place = Place.parse(JSON.parse(text));
    rpc = new RpcClient({ rpcUrl: place.rpcUrl, token: place.token });
    ({ url } = place);
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Whether it came to its end. */
  const ask = (): Promise<boolean> => send(`${url}/v1/responses`, { method: 'POST', body, headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' } }).then(({ status, body: answer }) => status === 200 && answer.includes('response.completed'), () => false);
  /** What the provider counted of an answer. */
  const answerTokens = (): number => Number(/"total_tokens":(\d+)/.exec(lab.requests.find(({ events }) => events.length > 0)?.events.at(-1) ?? '')?.[1]);

  async function counters(): Promise<[number, number]> {
    const [key] = (await rpc.call('apikey/list')).items;
    const [day, week] = key?.usage ?? [];
    assert.ok(day && week && day.used === week.used);
    return [day.used, day.reserved];
  }

  it('keeps what was settled, and counts what ran as used', async () => {
    await Promise.all(Array.from({ length: 20 }, ask));
    assert.equal((await rpc.call('requestlog/list')).items.length, 20, 'a row is there once what it used is durable');
    lab.always('a', { kind: 'stall', afterEvents: 6 });
    const cut = Array.from({ length: 10 }, ask);
    await lab.until(() => lab.requests.length === 30);
    assert.deepEqual(await counters(), [20 * answerTokens(), 10 * estimate]);
    await kill();
    await Promise.all(cut);
    await begin();
    assert.deepEqual(await counters(), [20 * answerTokens() + 10 * estimate, 0]);
    lab.always('a', null);
    assert.equal(await ask(), true);
    assert.deepEqual(await counters(), [21 * answerTokens() + 10 * estimate, 0]);
    await kill();
    await begin();
    assert.equal((await counters())[1], 0);
  });

  it('never counts too little, nor anything twice, wherever it strikes', async () => {
    const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
    const random = seeded(seed);
    let asked = 0;
    for (let round = 0; round < 8; round++) {
      const until = lab.requests.length + 1 + Math.floor(random() * 40);
      const burst = Array.from({ length: 60 }, ask);
      asked += burst.length;
      await lab.until(() => lab.requests.length >= until);
      await kill();
      await Promise.all(burst);
      await begin();
      const [used, reserved] = await counters();
      const logged = (await rpc.call('requestlog/list', { limit: 1000 })).items.reduce((sum, { totalTokens }) => sum + (totalTokens ?? 0), 0);
      const reached = lab.requests.length * answerTokens();
      assert.equal(reserved, 0);
      assert.ok(answerTokens() <= estimate);
      assert.ok(used >= reached, `seed ${seed}, round ${round}: ${used} counted, ${reached} used at the provider`);
      assert.ok(used <= asked * estimate && used >= logged);
    }
    console.log(`      seed ${seed}: ${asked} requests in 8 rounds, ${lab.requests.length} reached the provider`);
  });
});
