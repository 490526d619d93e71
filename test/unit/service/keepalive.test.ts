import assert from 'node:assert/strict';
import { parseEngineConfig } from '../../../src/core/parseEngineConfig.ts';
import type { UpstreamRequest } from '../../../src/core/upstreamPort.ts';
import type { AccountPool } from '../../../src/service/accountPool.ts';
import { keepAlive } from '../../../src/service/keepalive.ts';
import { HandClock } from '../../lab/clocks.ts';
import { manyAccount } from '../../lab/manyAccounts.ts';

describe('keepAlive', () => {
  it('goes the way of the account that would be asked, and is answered or not', async () => {
    const asked: UpstreamRequest[] = [];
    const stored = manyAccount(1, {}, { windows: [] });
    const run = (wanted: boolean, answered: boolean): Promise<boolean> => keepAlive({
      pool: { list: () => [stored] } as unknown as AccountPool, clock: new HandClock(1_800_000_000_000), config: parseEngineConfig({}, '/data/x.db'), isWanted: () => wanted,
      network: { proxyFor: ({ id }) => `http://proxy-of-${id}` },
      openTurn: (request, handler) => {
        asked.push(request);
        if (answered) handler.onEnd();
        else handler.onFailure({ kind: 'connect', message: 'proxy refused: 407' });
        return { pause: () => undefined, resume: () => undefined, abort: () => undefined };
      },
    }, new AbortController().signal);
    assert.deepEqual([await run(false, true), await run(true, true), await run(true, false)], [true, true, false]);
    assert.deepEqual(asked.map(({ origin, proxy }) => [origin, proxy]), Array(2).fill(['https://chatgpt.com', `http://proxy-of-${stored.account.id}`]));
  });
});
