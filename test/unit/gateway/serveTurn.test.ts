import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../src/core/appError.ts';
import { noLimits } from '../../../src/core/keyLimits.ts';
import type { RequestLogRow } from '../../../src/core/records.ts';
import type { GatewayContext } from '../../../src/gateway/context.ts';
import { serveTurn } from '../../../src/gateway/serveTurn.ts';
import { systemClock } from '../../../src/core/systemClock.ts';
import { send } from '../../lab/gatewayUnderTest.ts';
import { platformKey } from '../storage/harness.ts';

describe('serveTurn', () => {
  it('logs a request of a key with limits once what it used is durable, and not before', async () => {
    const rows: RequestLogRow[] = [];
    const durable = Promise.withResolvers<void>();
    const left = Promise.withResolvers<unknown>();
    const logged = Promise.withResolvers<void>();
    const key = { ...platformKey(1), hash: hash('sha256', 'text', 'hex'), limits: { ...noLimits, tokensPerDay: 5 } };
    const context = {
      clock: systemClock, isPaused: () => false, log: () => undefined, keys: { find: () => key, used: () => undefined }, meter: { active: 0, ended: () => undefined }, prices: { costOf: () => null, version: 1 }, config: { maxBodyBytes: 1_000, trace: { previewBytes: 0 } },
      settings: { current: { requestGateWaitMs: 0, waitBudgetMs: 0 } }, bindings: { owner: () => undefined, bind: () => undefined },
      recorder: { trace: () => undefined, record: (row: RequestLogRow) => { rows.push(row); logged.resolve(); } },
      pool: { list: () => { throw new AppError('badRequest', 'It goes no further in this test.'); } },
      budgets: { admit: () => Promise.resolve({ reached: null, leave: (used: unknown) => { left.resolve(used); return durable.promise; } }) },
    } as unknown as GatewayContext; // as much of it as a request touches before an account is chosen
    const server = createServer((request, response) => void serveTurn(context, { request, response, path: '/v1/responses', traceId: 't' })).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const reply = await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/responses`, { method: 'POST', body: '{"model":"m","input":"x"}', headers: { 'x-api-key': 'text' } });
      assert.equal(reply.status, 400, 'its client does not wait');
      assert.equal(await left.promise, null, 'nothing was used');
      assert.equal(rows.length, 0);
      durable.resolve();
      await logged.promise;
      assert.deepEqual([rows.length, rows[0]?.keyId, rows[0]?.statusCode], [1, key.id, 400]);
    } finally {
      server.close();
    }
  });
});
