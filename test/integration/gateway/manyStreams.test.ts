import assert from 'node:assert/strict';
import { labels, startFaultPool, type FaultPool } from '../../lab/faultCells.ts';
import { send, textOf } from '../../lab/gatewayUnderTest.ts';

const count = 1_000;
/** Connections are opened so many at a time: more would wait in the listener's queue. */
const atATime = 100;

/** Long enough for some fifty events, and no part of it is another one's. */
function textFor(i: number): string {
  return Array.from({ length: 20 }, (_, part) => `stream-${i}-part-${part}.`).join(' ');
}

describe('a thousand streams at once', function () {
  this.timeout(60_000);
  let faults: FaultPool;
  before(async () => { faults = await startFaultPool({ CODEXMANAGER_ROUTE_STRATEGY: 'balanced' }, { paceMs: 1, halves: true }); });
  after(() => faults.harness.dispose());

  it('bring each client its own answer whole: none is lost, mixed up or changed', async () => {
    const { harness } = faults;
    const { lab } = harness;
    await faults.refill(5);
    for (const label of labels) lab.always(label, { kind: 'hold', afterEvents: 8 });
    const replies: Promise<{ status: number; body: string }>[] = [];
    for (let first = 0; first < count; first += atATime) {
      const begun = Array.from({ length: atATime }, (_, i) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const body = JSON.stringify({ model: 'gpt-5.5', stream: true, input: `[say ${textFor(first + i)}]` });
        replies.push(send(`${harness.url}/v1/responses`, { method: 'POST', body, headers: { authorization: `Bearer ${harness.key}` }, onFirst: resolve }));
        return promise;
      });
      await Promise.all(begun);
    }
    await lab.until(() => lab.held === count);
    const { candidates } = await harness.rpc.call('route/explain');
    assert.equal(candidates.reduce((sum, { running }) => sum + running, 0), count, 'all run at the same time');
    lab.release();
    const answers = await Promise.all(replies);
    const sent = new Map(lab.requests.map(({ body, events }) => [/\[say stream-(\d+)-/.exec(body)?.[1], events.join('')]));
    assert.equal(sent.size, count);
    for (const [i, { status, body }] of answers.entries()) {
      assert.equal(status, 200);
      assert.equal(textOf(body), textFor(i), `stream ${i}`);
      assert.ok(body === sent.get(String(i)), `stream ${i} is not what the provider sent`);
    }
    assert.deepEqual((await harness.rpc.call('route/explain')).candidates.map(({ running }) => running), [0, 0, 0, 0, 0]);
  });
});
