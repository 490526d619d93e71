import assert from 'node:assert/strict';
import type { FaultInput } from '../../../src/lab/options.ts';
import { labels, startFaultPool, type FaultPool } from '../../lab/faultCells.ts';
import { vanish, type Moment } from '../../lab/vanishingClient.ts';

const moments: readonly Moment[] = ['while it sends', 'right after it', 'before headers', 'in the preamble', 'in the content', 'while it reads slowly'];
const clients = 120;
const seed = Number(process.env['VANISH_SEED'] ?? Date.now() % 2 ** 31);

/** Mulberry32: numbers in [0, 1) that are the same for the same seed. */
function randomOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How the answer goes on that a client leaves: it stands still somewhere, or comes in one piece that is larger than every buffer on the way. */
function faultFor(moment: Moment, random: () => number): FaultInput {
  switch (moment) {
    case 'in the preamble': return { kind: 'stall', afterEvents: 1 + Math.floor(random() * 2) };
    case 'in the content': return { kind: 'stall', afterEvents: 3 + Math.floor(random() * 8) };
    case 'while it reads slowly': return { kind: 'delay', ms: 0 };
    default: return { kind: 'stall' };
  }
}

/** Open sockets, servers and timers of this process, in which gateway, provider and clients all live. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) if (/^(TCP|Timeout)/.test(name)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Everything that is not there before is gone within so long, or the difference is thrown. */
async function backTo(before: Readonly<Record<string, number>>): Promise<void> {
  const more = (): Record<string, number> => Object.fromEntries(Object.entries(resources()).filter(([name, count]) => count > (before[name] ?? 0)));
  const until = performance.now() + 5_000;
  while (Object.keys(more()).length > 0 && performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(more(), {}, `more than before, of which there were ${JSON.stringify(before)}`);
}

describe('clients that vanish', function () {
  this.timeout(60_000);
  let faults: FaultPool;
  beforeEach(async () => {
    faults = await startFaultPool({ CODEXMANAGER_WAIT_BUDGET_MS: '20000' });
    await faults.refill(5);
    await faults.harness.ask();
  });
  afterEach(() => faults.harness.dispose());

  async function nothingIsLeft(before: Readonly<Record<string, number>>): Promise<void> {
    const { lab, rpc } = faults.harness;
    await lab.until(() => lab.requests.every(({ over }) => over));
    await backTo(before);
    assert.deepEqual((await rpc.call('route/explain')).candidates.map(({ running }) => running), labels.map(() => 0));
  }

  /** `status error` of every row but the one from before. */
  async function rows(): Promise<string[]> {
    const { items } = await faults.harness.rpc.call('requestlog/list', { limit: 1_000 });
    return items.slice(0, -1).map(({ statusCode, error }) => `${statusCode} ${error}`).sort();
  }

  it(`leave nothing behind but a row in the log, whenever they go (seed ${seed})`, async () => {
    const random = randomOf(seed);
    const { harness } = faults;
    const { lab } = harness;
    await rows();
    const before = resources();
    const plan = Array.from({ length: clients }, (_, i) => {
      const moment = moments[Math.floor(random() * moments.length)] ?? 'before headers';
      return { i, moment, stream: moment === 'while it reads slowly' || random() < 0.7, turns: Math.floor(random() * 30) };
    });
    for (const group of Map.groupBy(plan, ({ moment }) => moment).values()) {
      lab.clearFaults(); // not every client's request came so far
      await Promise.all(group.map(({ i, moment, stream, turns }) => {
        lab.script('a', [faultFor(moment, random)]);
        const size = moment === 'while it reads slowly' ? 200_000 : 40;
        const body = JSON.stringify({ model: 'gpt-5.5', stream, input: `[say ${`client-${i}. `.padEnd(size, 'x')}]` });
        return vanish({ url: harness.url, key: harness.key, body, turns, moment: stream || moment !== 'in the content' ? moment : 'in the preamble', arrived: () => lab.until(() => lab.requests.some((request) => request.body.includes(`client-${i}.`))) });
      }));
    }
    await nothingIsLeft(before);
    // Who wants JSON gets no headers before the end.
    const withHeaders = plan.filter(({ moment, stream }) => stream && (moment === 'in the content' || moment === 'while it reads slowly')).length;
    assert.deepEqual(await rows(), [...Array.from({ length: withHeaders }, () => '200 client_gone'), ...Array.from({ length: clients - withHeaders }, () => '499 client_gone')]);
  });

  it('leave nothing behind either while they wait for an account to come back', async () => {
    const { harness: { lab, url, key }, clock } = faults;
    for (const label of labels) lab.script(label, [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }]);
    const before = resources();
    const wait = (i: number): Promise<void> => vanish({
      url, key, moment: 'before headers', turns: i, body: JSON.stringify({ model: 'gpt-5.5', stream: i % 2 === 0, input: 'hello' }), arrived: () => clock.untilSleeping(7_000, 20),
    });
    const waiting = [wait(0)];
    await clock.untilSleeping(7_000);
    for (let i = 1; i < 20; i += 1) waiting.push(wait(i));
    await Promise.all(waiting);
    await nothingIsLeft(before);
    assert.equal(clock.sleeping(7_000), 0, 'nobody waits for them');
    assert.deepEqual(await rows(), waiting.map(() => '499 client_gone'));
    assert.equal(lab.requests.length, 6, 'nothing is sent for them');
  });
});
