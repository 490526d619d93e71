import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KeyLimits } from '../../../src/contract/platformKey.ts';
import { noLimits, perDollar, type Amount } from '../../../src/core/keyLimits.ts';
import { dayOf } from '../../../src/core/localWindows.ts';
import type { KeyUsageBatch } from '../../../src/core/store.ts';
import { KeyBudgets } from '../../../src/service/keyBudgets.ts';
import type { Databases } from '../../../src/storage/openDatabases.ts';
import { HandClock } from '../../lab/clocks.ts';
import { closeBoth, openOn, platformKey } from '../storage/harness.ts';
import { MemoryDisk } from '../storage/memoryDisk.ts';

const { id } = platformKey(1);
const ticks = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise(setImmediate);
};

interface Held { readonly batch: KeyUsageBatch; readonly done: () => void; readonly failed: (reason: Error) => void }

/** The real tables on a disk in memory, behind a store whose writes stand until a test decides what becomes of them. */
class World {
  readonly clock = new HandClock(Date.now());
  readonly disk = new MemoryDisk();
  readonly warnings: string[] = [];
  batches = 0;
  held: Held | null = null;
  budgets: KeyBudgets | null = null;
  #databases: Databases | null = null;

  async start(): Promise<KeyBudgets> {
    const databases = await openOn(this.disk);
    if (databases.opened.keys.length === 0) databases.main.transaction(() => databases.keys.create(platformKey(1), 'secret'));
    this.#databases = databases;
    const countKeys = (batch: KeyUsageBatch): Promise<void> => new Promise((done, failed) => {
      this.batches += 1;
      this.held = { batch, done, failed };
    });
    this.budgets = new KeyBudgets({ store: { countKeys }, clock: this.clock, log: (_level, message) => this.warnings.push(message) }, databases.opened.keyUsage);
    return this.budgets;
  }

  /** The write that stands now is done, or not, and answered, or not. */
  async decide({ written, answered }: { readonly written: boolean; readonly answered: 'done' | 'failed' | null }): Promise<KeyUsageBatch | null> {
    await ticks();
    const { held } = this;
    if (!held) return null;
    this.held = null;
    if (written) this.#databases?.main.transaction(() => this.#databases?.keyUsage.apply(held.batch));
    if (answered === 'done') held.done();
    if (answered === 'failed') held.failed(new Error('disk full'));
    await ticks();
    return written ? held.batch : null;
  }

  async writeAll(): Promise<void> {
    await ticks();
    while (this.held) await this.decide({ written: true, answered: 'done' });
  }

  crash(): Promise<KeyBudgets> {
    this.#databases?.log.abandon();
    this.#databases?.main.abandon();
    this.held = null;
    return this.start();
  }

  end(): void {
    if (this.#databases) closeBoth(this.#databases);
  }
}

const tokens = (count: number): Amount => ({ tokens: count, cost: 0 });

describe('the budgets of keys', () => {
  const limits: KeyLimits = { ...noLimits, tokensPerDay: 1_000 };
  let world: World;
  beforeEach(() => { world = new World(); });
  afterEach(() => world.end());

  it('write what a hundred requests of one moment reserve, and settle, together', async () => {
    const budgets = await world.start();
    const asked = Array.from({ length: 100 }, () => budgets.admit({ id, limits }, tokens(10)));
    await world.writeAll();
    const admissions = await Promise.all(asked);
    assert.equal(world.batches, 1);
    assert.deepEqual((await budgets.admit({ id, limits }, tokens(1))).reached, { name: 'tokensPerDay', used: 0, reserved: 1_000, limit: 1_000, freeAt: null });
    const left = admissions.map(async (admission) => { if (admission.reached === null) await admission.leave(tokens(3)); });
    await world.writeAll();
    await Promise.all(left);
    assert.equal(world.batches, 2);
    assert.deepEqual(budgets.usage(id, limits).map(({ used, reserved }) => [used, reserved]), [[300, 0]]);
  });

  it('let nothing go on before its reservation is on disk, and nothing be over before what it used is', async () => {
    const budgets = await world.start();
    const order: string[] = [];
    const note = (what: string): void => void order.push(what);
    const asked = budgets.admit({ id, limits }, tokens(10)).then((admission) => {
      note('admitted');
      return admission;
    });
    await ticks();
    assert.deepEqual(order, []);
    await world.writeAll();
    const admission = await asked;
    assert.ok(admission.reached === null);
    void admission.leave(tokens(4)).then(() => note('over'));
    await ticks();
    assert.deepEqual(order, ['admitted']);
    await world.writeAll();
    assert.deepEqual(order, ['admitted', 'over']);
  });

  it('refuse a request whose reservation cannot be written, and write what was used when the disk is back', async () => {
    const budgets = await world.start();
    const first = budgets.admit({ id, limits }, tokens(10));
    await world.writeAll();
    const admission = await first;
    assert.ok(admission.reached === null);
    const [left, refused] = [admission.leave(tokens(4)), budgets.admit({ id, limits }, tokens(100))];
    const rejected = assert.rejects(refused, /disk full/);
    await world.decide({ written: false, answered: 'failed' });
    await Promise.all([left, rejected]);
    assert.match(world.warnings[0] ?? '', /could not be saved/);
    assert.deepEqual(budgets.usage(id, limits).map(({ used, reserved }) => [used, reserved]), [[4, 0]]);
    void budgets.admit({ id, limits }, tokens(20));
    await world.writeAll();
    assert.equal((await world.crash()).usage(id, limits)[0]?.used, 24);
  });

  it('release what a write left on disk that failed at its very end, and forget nothing when the disk fails twice', async () => {
    const budgets = await world.start();
    const first = budgets.admit({ id, limits }, tokens(10));
    await world.writeAll();
    const admission = await first;
    assert.ok(admission.reached === null);
    const left = admission.leave(tokens(4));
    await world.decide({ written: false, answered: 'failed' });
    await left;
    for (const written of [false, true]) {
      const rejected = assert.rejects(budgets.admit({ id, limits }, tokens(100)), /disk full/);
      await world.decide({ written, answered: 'failed' });
      await rejected;
    }
    void budgets.admit({ id, limits }, tokens(20));
    await world.writeAll();
    assert.equal((await world.crash()).usage(id, limits)[0]?.used, 4 + 20);
  });

  it('touch no disk for a key whose limits are not counted', async () => {
    const budgets = await world.start();
    const one = { ...noLimits, concurrentRequests: 1, models: ['*'] };
    const admission = await budgets.admit({ id, limits: one }, tokens(10));
    assert.ok(admission.reached === null);
    assert.equal((await budgets.admit({ id, limits: one }, tokens(10))).reached?.name, 'concurrentRequests');
    await admission.leave(tokens(5));
    assert.equal((await budgets.admit({ id, limits: one }, tokens(10))).reached, null);
    assert.equal(world.batches, 0);
  });

  it('remember the last minute over a restart', async () => {
    const fast = { ...noLimits, requestsPerMinute: 2 };
    for (const start of [() => world.start(), () => world.crash()]) {
      const budgets = await start();
      const asked = budgets.admit({ id, limits: fast }, tokens(10));
      await world.writeAll();
      assert.equal((await asked).reached, null);
    }
    const budgets = await world.crash();
    assert.equal((await budgets.admit({ id, limits: fast }, tokens(10))).reached?.name, 'requestsPerMinute');
    world.clock.pass(60_001);
    const later = budgets.admit({ id, limits: fast }, tokens(10));
    await world.writeAll();
    assert.equal((await later).reached, null);
  });

  it('forget a deleted key, also while one of its requests runs', async () => {
    const budgets = await world.start();
    const asked = budgets.admit({ id, limits }, tokens(10));
    await world.writeAll();
    const admission = await asked;
    budgets.forget(id);
    assert.ok(admission.reached === null);
    void admission.leave(tokens(10));
    await world.writeAll();
    assert.equal(budgets.usage(id, limits)[0]?.used, 0);
  });
});

type Op =
  | { readonly kind: 'ask'; readonly estimate: Amount }
  | { readonly kind: 'end'; readonly which: number; readonly used: Amount | null }
  | { readonly kind: 'write' | 'fail' | 'failLate' }
  | { readonly kind: 'crash'; readonly written: boolean }
  | { readonly kind: 'pass'; readonly ms: number };

interface Running { readonly estimate: Amount; readonly day: string; leave: ((used: Amount | null) => Promise<void>) | null }

/** The same world in a few lines: what must be on disk, and what must be counted. */
class Truth {
  readonly used = new Map<string, Amount>();
  running: Running[] = [];
  readonly #disk = { used: new Map<string, Amount>(), open: new Map<number, Amount & { readonly day: string }>() };

  count(into: Map<string, Amount>, day: string, { tokens: more, cost }: Amount): void {
    const sum = into.get(day) ?? { tokens: 0, cost: 0 };
    into.set(day, { tokens: sum.tokens + more, cost: sum.cost + cost });
  }

  onDisk({ reserved, settled }: KeyUsageBatch): void {
    for (const one of reserved) this.#disk.open.set(one.id, one);
    for (const one of settled) {
      const open = this.#disk.open.get(one.id);
      if (open) this.count(this.#disk.used, open.day, one);
      this.#disk.open.delete(one.id);
    }
  }

  /** Whatever was under way counts as used; in the memory of the next process is what the disk says. */
  crashed(): void {
    for (const { day, ...amount } of this.#disk.open.values()) this.count(this.#disk.used, day, amount);
    this.#disk.open.clear();
    this.used.clear();
    for (const [day, amount] of this.#disk.used) this.used.set(day, amount);
    this.running = [];
  }

  today(day: string): { readonly used: Amount; readonly reserved: Amount } {
    const sum = (of: 'tokens' | 'cost'): number => this.running.filter((one) => one.day === day).reduce((total, { estimate }) => total + estimate[of], 0);
    return { used: this.used.get(day) ?? { tokens: 0, cost: 0 }, reserved: { tokens: sum('tokens'), cost: sum('cost') } };
  }
}

const amount = fc.record({ tokens: fc.integer({ min: 0, max: 400 }), cost: fc.integer({ min: 0, max: 400 }) });
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), estimate: amount }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(), used: fc.option(amount) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'write' as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'fail' as const }, { kind: 'failLate' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), written: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 14 * 3_600_000 }) }) },
);

describe('budgets are exact under concurrency', function () {
  this.timeout(120_000);
  const limits: KeyLimits = { ...noLimits, tokensPerDay: 1_000, costPerDay: 900 / perDollar };

  /** One step in both worlds. */
  async function perform(step: Op, world: World, truth: Truth): Promise<void> {
    const { budgets } = world;
    assert.ok(budgets);
    const day = dayOf(world.clock.now());
    if (step.kind === 'pass') world.clock.pass(step.ms);
    if (step.kind === 'ask') {
      const { used, reserved } = truth.today(day);
      const fits = (of: 'tokens' | 'cost', limit: number): boolean => used[of] + reserved[of] + step.estimate[of] <= limit || (reserved[of] === 0 && used[of] < limit);
      const running: Running = { estimate: step.estimate, day, leave: null };
      const expected = fits('tokens', 1_000) && fits('cost', 900);
      if (expected) truth.running.push(running);
      const asked = budgets.admit({ id, limits }, step.estimate).then((admission) => {
        assert.equal(admission.reached === null, expected, 'admitted, or refused, against the rule');
        if (admission.reached === null) running.leave = admission.leave;
      }, () => void (truth.running = truth.running.filter((one) => one !== running)));
      if (!expected) await asked;
    }
    if (step.kind === 'end') {
      const admitted = truth.running.filter(({ leave }) => leave !== null);
      const one = admitted[step.which % Math.max(1, admitted.length)];
      if (!one?.leave) return;
      truth.running = truth.running.filter((other) => other !== one);
      truth.count(truth.used, one.day, step.used ?? { tokens: 0, cost: 0 });
      void one.leave(step.used);
    }
    if (step.kind === 'write' || step.kind === 'fail' || step.kind === 'failLate') {
      const batch = await world.decide({ written: step.kind !== 'fail', answered: step.kind === 'write' ? 'done' : 'failed' });
      if (batch) truth.onDisk(batch);
    }
    if (step.kind === 'crash') {
      const batch = await world.decide({ written: step.written, answered: null });
      if (batch) truth.onDisk(batch);
      await world.crash();
      truth.crashed();
    }
    await ticks();
  }

  function compare(world: World, truth: Truth): void {
    const { used, reserved } = truth.today(dayOf(world.clock.now()));
    const shown = world.budgets?.usage(id, limits).map((one) => [one.used * (one.name === 'costPerDay' ? perDollar : 1), one.reserved * (one.name === 'costPerDay' ? perDollar : 1)].map(Math.round));
    assert.deepEqual(shown, [[used.tokens, reserved.tokens], [used.cost, reserved.cost]]);
  }

  it('whatever is reserved, used, given back, refused by the disk and killed, in any order', async () => {
    await fc.assert(fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new World();
      const truth = new Truth();
      await world.start();
      for (const step of steps) {
        await perform(step, world, truth);
        compare(world, truth);
      }
      world.end();
    }), { numRuns: 100 });
  });
});
