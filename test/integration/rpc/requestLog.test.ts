import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Params } from '../../../src/contract/rpc.ts';
import { accountA, accountB, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('questions to the request log', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness([accountA, accountB]);
    for (let i = 0; i < 3; i += 1) await harness.ask({}, { 'user-agent': 'codex_cli_rs/1' });
    harness.lab.script('a', [{ kind: 'status', status: 500 }]);
    await harness.ask({ model: 'gpt-6.1-sol' }, { 'user-agent': 'curl/8' });
  });
  after(() => harness.dispose());

  const ask = (params: Params<'requestlog/list'>) => harness.rpc.call('requestlog/list', params);
  const idsOf = async (query: string): Promise<number[]> => (await ask({ query })).items.map(({ id }) => id);

  it('finds accounts and keys by what they are called now', async () => {
    await harness.rpc.call('account/update', { accountId: await harness.accountId('b'), label: 'Night shift' });
    assert.deepEqual([await idsOf('account:night'), await idsOf('account:"Night shift" status:2xx'), await idsOf('account:b@example'), await idsOf('account:=nobody')], [[4], [4], [4], []]);
    assert.deepEqual([await idsOf('key:test'), await idsOf('key:=TEST client:curl'), await idsOf('key:other')], [[4, 3, 2, 1], [4], []]);
  });

  it('joins terms about client, model, attempts and time', async () => {
    assert.deepEqual([await idsOf('client:codex'), await idsOf('model:gpt-6.1 attempts:>1'), await idsOf('after:1h client:codex'), await idsOf('before:1h'), await idsOf('after:today attempts:1')], [[3, 2, 1], [4], [3, 2, 1], [], [3, 2, 1]]);
  });

  it('pages both ways and counts', async () => {
    const page = async (params: Params<'requestlog/list'>) => {
      const { items, count } = await ask(params);
      return [items.map(({ id }) => id), count];
    };
    assert.deepEqual(await page({ limit: 2 }), [[4, 3], undefined]);
    assert.deepEqual(await page({ limit: 2, beforeId: 3, countUpTo: 1_000 }), [[2, 1], 4]);
    assert.deepEqual(await page({ limit: 2, afterId: 1, query: 'client:codex', countUpTo: 2 }), [[3, 2], 2]);
    assert.deepEqual(await page({ statusClass: '5xx', query: 'client:curl' }), [[], undefined]);
  });

  it('adds up by the hour and longer, also what was cleared', async () => {
    const now = Date.now() / 1_000;
    const stats = async (by: 'none' | 'client' | 'account', step: 'hour' | 'day') => (await harness.rpc.call('requestlog/stats', { from: now - 3_600, to: now + 1, by, step })).items.map(({ value, requests }) => [value, requests]);
    const total = (list: unknown[][]): number => list.reduce((sum, [, requests]) => sum + Number(requests), 0);
    assert.deepEqual([total(await stats('none', 'hour')), total(await stats('client', 'day'))], [4, 4]);
    const byAccount = new Set((await stats('account', 'day')).map(([value]) => value));
    assert.ok(byAccount.has(await harness.accountId('a')) && byAccount.has(await harness.accountId('b')));
    await assert.rejects(harness.rpc.call('requestlog/stats', { from: 0, to: now, by: 'none', step: 'hour' }), { code: 'badRequest', message: /1000 steps of one hour/ });
  });

  it('exports what a search finds, in one call or followed, for the owner only and without a secret', async () => {
    const path = join(harness.folder, 'out.csv');
    const { state, written } = await harness.rpc.call('requestlog/export', { query: 'client:curl', format: 'csv', path });
    const [header, line, ...rest] = readFileSync(path, 'utf8').split('\r\n');
    assert.deepEqual([state, written, header?.startsWith('id,time,'), line?.startsWith('4,'), rest, statSync(path).mode & 0o777], ['done', 1, true, true, [''], 0o600]);
    assert.ok(line?.includes(',Night shift,') && line.includes(',test,'));
    const { exportId } = await harness.rpc.call('requestlog/export/start', { format: 'jsonl', path: join(harness.folder, 'out.jsonl') });
    let status = await harness.rpc.call('requestlog/export/status', { exportId });
    while (status.state === 'running') status = await harness.rpc.call('requestlog/export/status', { exportId, seenRevision: status.revision, waitMs: 1_000 });
    const text = readFileSync(join(harness.folder, 'out.jsonl'), 'utf8');
    assert.deepEqual(text.trimEnd().split('\n').map((one) => JSON.parse(one) as unknown), (await ask({})).items);
    assert.ok(!text.includes(harness.key) && !text.includes((JSON.parse(harness.lab.authJson('a')) as { tokens: { access_token: string } }).tokens.access_token));
    assert.equal((await harness.rpc.call('requestlog/export/cancel', { exportId })).state, 'done');
    await assert.rejects(harness.rpc.call('requestlog/export', { query: 'min:many', format: 'csv', path }), { code: 'badRequest', message: /Column 5/ });
    await assert.rejects(harness.rpc.call('requestlog/export', { format: 'csv', path: 'out.csv' }), { code: 'badRequest', message: /absolute/ });
  });

  it('says what is wrong with a search, and where', async () => {
    await assert.rejects(ask({ query: 'model:x after:yestreday' }), { code: 'badRequest', message: /Column 15 .*yestreday.*2026-11-25/ });
    await assert.rejects(ask({ query: 'min:many' }), { code: 'badRequest', message: /whole number/ });
  });
});
