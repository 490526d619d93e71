import assert from 'node:assert/strict';
import { Door } from '../../lab/door.ts';
import { isCommitted, labels, nameOf, poolSizes, startFaultPool, type Cell, type FaultPool, type Outcome } from '../../lab/faultCells.ts';
import { eventsBefore, faultTable, ladders, noConnection, silenceTable, type Place, type Row } from '../../lab/faultTable.ts';

interface Try { readonly label: string; readonly ok: boolean }

const failed = (label: string): Try => ({ label, ok: false });
const answered = (label: string): string => `200 completed: Hello from ${label}.`;

/** A committed stream fails once and is over. */
function cellsOf(row: Row, place: Place): Cell[] {
  const all = (['stream', 'json'] as const).flatMap((client) => poolSizes.flatMap((pool) => (['once', 'always'] as const).map((fails): Cell => ({ row, place, client, pool, fails }))));
  return all.filter((cell) => !isCommitted(cell) || cell.fails === 'once');
}

/** Who is asked, in order, and whether it goes well. */
function triesOf(cell: Cell): Try[] {
  const { row, pool, fails } = cell;
  if (isCommitted(cell) || row.then === 'returned') return [failed('a')];
  const sameAgain = row.then === 'renewed' || row.then === 'by the same route' || (row.then === 'again if alone' && pool === 1);
  if (fails === 'once') return [failed('a'), ...(sameAgain ? [{ label: 'a', ok: true }] : pool > 1 ? [{ label: 'b', ok: true }] : [])];
  const each = labels.slice(0, pool).map(failed);
  switch (row.then) {
    case 'renewed': return each.flatMap((one) => [one, one]);
    case 'again if alone': return [...each, ...each.slice(-1)];
    case 'by the same route': return [failed('a'), failed('a')];
    case 'next': return each;
  }
}

/** What becomes of an account. Nothing is known of one before it has answered. */
function accountOf(cell: Cell, label: string, tries: readonly Try[]): string {
  const { row, place } = cell;
  const ok = tries.some((one) => one.ok && one.label === label);
  const hasFailed = tries.some((one) => !one.ok && one.label === label);
  const known = ok || (hasFailed && place !== 'instead of an answer') ? 'ready' : 'unknown';
  const effect = !hasFailed || (ok && row.then === 'renewed') ? 'as before' : (isCommitted(cell) ? row.committed : undefined) ?? row.account;
  if (effect === 'as before') return known;
  return effect.startsWith('less healthy') || effect.startsWith('not for this model') ? `${known}, ${effect}` : effect;
}

/** The client repeats a turn that broke: another account takes it, or the same one where it is not out. What was the client's own fault goes to the same account. */
function againOf({ row, pool }: Cell): string {
  if (row.then === 'returned') return answered('a');
  if (pool > 1) return answered('b');
  return row.account === 'less healthy' ? answered('a') : row.answer;
}

/** What the table says of a cell. */
function expected(cell: Cell): Outcome {
  const { row, place, pool } = cell;
  const committed = isCommitted(cell);
  const tries = triesOf(cell);
  const last = tries.at(-1) ?? failed('a');
  const answer = committed ? `200, ${eventsBefore[place]} events, ${row.end}` : last.ok ? answered(last.label) : row.answer;
  const [status, reason] = row.attempt;
  return {
    cell: nameOf(cell), answer,
    accounts: labels.slice(0, pool).map((label) => accountOf(cell, label, tries)),
    attempts: tries.map(({ label, ok }) => (ok ? `${label}: 200, ok` : `${label}: ${status}, ${reason}`)),
    log: `${last.label}: ${answer.slice(0, 3)}, ${last.ok ? null : row.logged ?? reason}`,
    ...(committed && { again: againOf(cell) }),
  };
}

async function check(faults: FaultPool, cells: readonly Cell[]): Promise<void> {
  const seen: Outcome[] = [];
  for (const cell of cells) seen.push(await faults.run(cell));
  assert.deepEqual(seen, cells.map(expected));
}

describe('what a failure means, for every client, place and size of the pool', () => {
  let faults: FaultPool;
  before(async () => { faults = await startFaultPool(); });
  after(() => faults.harness.dispose());

  for (const row of faultTable) {
    for (const place of row.places) it(`${row.name} ${place}`, () => check(faults, cellsOf(row, place)));
  }

  for (const row of faultTable.filter((one) => one.then === 'again if alone')) {
    it(`${row.name} for the third time in a row, while another account answers: the account rests`, async () => {
      await faults.refill(2);
      faults.harness.lab.always('a', row.fault(eventsBefore[row.places[0] ?? 'before content'], false));
      const seen: string[] = [];
      for (const client of ['stream', 'json', 'stream', 'json']) {
        await faults.harness.ask({ stream: client === 'stream' });
        seen.push((await faults.accounts())[0] ?? '');
      }
      const [first, second, ...later] = seen;
      assert.deepEqual([first, second].map((text) => text?.endsWith(', less healthy')), [true, true]);
      for (const text of later) assert.match(text, /^coolingDown \(\w+\), back in 15 s$/);
    });
  }

  for (const { name, fault, seconds } of ladders) {
    it(`${name}: longer each time, and from the beginning again after a success`, async () => {
      await faults.refill(1);
      const { lab } = faults.harness;
      const rests: (string | undefined)[] = [];
      for (const step of [...seconds, 'success', seconds[0] ?? 0] as const) {
        lab.always('a', step === 'success' ? null : fault);
        await faults.harness.ask();
        const [, rest] = /back in (\d+) s/.exec((await faults.accounts())[0] ?? '') ?? [];
        rests.push(rest ?? 'none');
        if (step !== 'success') faults.clock.pass(step * 1_000);
      }
      assert.deepEqual(rests, [...seconds.map(String), 'none', String(seconds[0])]);
    });
  }
});

describe('what a provider means that cannot be reached', () => {
  let faults: FaultPool;
  let door: Door;
  before(async () => {
    door = await Door.open();
    faults = await startFaultPool({ CODEXMANAGER_UPSTREAM_BASE_URL: `${door.url}/backend-api/codex` });
    door.leadTo(faults.harness.lab.url);
  });
  after(async () => {
    await faults.harness.dispose();
    await door.shut();
  });

  for (const cell of cellsOf(noConnection, 'instead of an answer')) {
    it(nameOf(cell), async () => {
      await door.shut();
      const outcome = faults.run({ ...cell, fails: 'once' });
      await faults.clock.untilSleeping(250);
      if (cell.fails === 'once') await door.reopen();
      faults.clock.pass(1_000);
      assert.deepEqual({ ...await outcome, cell: nameOf(cell) }, expected(cell));
    });
  }
});

describe('what silence means', function () {
  this.timeout(60_000);
  const streamTimeout = '800';

  /** One service per group, side by side, because each of them only waits. Silence that goes on is tried with as many accounts as show it. */
  it('in every place, for both clients', async () => {
    const groups = silenceTable.flatMap((row) => row.places.flatMap((place) => (['stream', 'json'] as const).map((client) => cellsOf(row, place).filter((cell) => cell.client === client && (cell.pool < 5 || cell.fails === 'once')))));
    await Promise.all(groups.map(async (cells) => {
      const faults = await startFaultPool({ CODEXMANAGER_UPSTREAM_STREAM_TIMEOUT_MS: streamTimeout });
      try {
        await check(faults, cells);
      } finally {
        await faults.harness.dispose();
      }
    }));
  });
});
