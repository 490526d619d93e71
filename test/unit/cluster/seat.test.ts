import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, readAnnouncement, withdraw } from '../../../src/cluster/announcementFile.ts';
import { tryLeaderLock } from '../../../src/cluster/leaderLock.ts';
import { SeatKeeper, type RunningEngine, type Seat } from '../../../src/cluster/seat.ts';
import { AppError } from '../../../src/core/appError.ts';
import { systemClock } from '../../../src/core/systemClock.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'codexmanager-seat-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('tryLeaderLock', () => {
  it('gives the lock to one, and to the next when it is given back', async () => {
    const first = tryLeaderLock(folder);
    assert.ok(first);
    assert.equal(tryLeaderLock(folder), null);
    await first.dispose();
    const second = tryLeaderLock(folder);
    assert.ok(second);
    await second.dispose();
    assert.equal(statSync(join(folder, 'leader.lock')).mode & 0o777, 0o600);
  });

  it('names a place where no lock can be', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => tryLeaderLock(join(folder, 'file')), { code: 'databaseUnusable', message: /leader\.lock/ });
  });
});

describe('the announcement', () => {
  const leader = { rpcUrl: 'http://127.0.0.1:1', token: 't', epoch: 3, contractVersion: 1, pid: 1 };

  it('is readable by its owner only, and withdrawn by its own epoch only', () => {
    announce(folder, leader);
    assert.deepEqual(readAnnouncement(folder), leader);
    assert.equal(statSync(join(folder, 'leader.json')).mode & 0o777, 0o600);
    withdraw(folder, 2);
    assert.ok(existsSync(join(folder, 'leader.json')));
    withdraw(folder, 3);
    assert.equal(readAnnouncement(folder), null);
  });

  it('counts as absent when it is not one', () => {
    writeFileSync(join(folder, 'leader.json'), '{"rpcUrl":1}');
    assert.equal(readAnnouncement(folder), null);
  });
});

describe('SeatKeeper', () => {
  /** A keeper whose engines are the test's, and a way to wait for a seat. */
  function keep(startEngine: () => Promise<RunningEngine>): { keeper: SeatKeeper; until: (holds: (seat: Seat) => boolean) => Promise<Seat> } {
    const seats: Seat[] = [];
    const waiting = new Set<() => void>();
    const keeper = new SeatKeeper({ dataDir: folder, clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal) }, log: () => undefined, startEngine, onChange: (seat) => { seats.push(seat); waiting.forEach((look) => look()); } });
    const until = (holds: (seat: Seat) => boolean): Promise<Seat> => new Promise((done) => {
      const look = (): void => {
        const found = seats.find(holds);
        if (found) done(found);
      };
      waiting.add(look);
      look();
    });
    return { keeper, until };
  }

  const engine = (epoch: number, ended: RunningEngine['ended'] = new Promise(() => undefined)): RunningEngine => ({ rpcUrl: 'http://127.0.0.1:9', token: 't', epoch, ended, stop: () => Promise.resolve() });

  it('starts the engine again at once, under the same lock, when it asks for it', async () => {
    let starts = 0;
    const asked = Promise.withResolvers<'restart'>();
    const { keeper, until } = keep(() => Promise.resolve((starts += 1) === 1 ? engine(1, asked.promise) : engine(2)));
    await until((seat) => seat.role === 'leader' && seat.leader.epoch === 1);
    const askedAt = performance.now();
    asked.resolve('restart');
    await until((seat) => seat.role === 'leader' && seat.leader.epoch === 2);
    assert.ok(performance.now() - askedAt < 200, 'no back-off');
    await keeper.dispose();
  });

  it('starts a crashed engine again and keeps the lock meanwhile', async () => {
    let starts = 0;
    const crash = Promise.withResolvers<'died'>();
    const { keeper, until } = keep(() => Promise.resolve((starts += 1) === 1 ? engine(1, crash.promise) : engine(2)));
    await until((seat) => seat.role === 'leader' && seat.leader.epoch === 1);
    crash.resolve('died');
    assert.equal(tryLeaderLock(folder), null);
    await until((seat) => seat.role === 'leader' && seat.leader.epoch === 2);
    await keeper.dispose();
    const lock = tryLeaderLock(folder);
    assert.ok(lock);
    await lock.dispose();
  });

  it('tries again after a failure that may pass, and gives the lock back after one that will not', async () => {
    const failures = [new AppError('diskFull', 'full'), new AppError('dataKeyMissing', 'no key')];
    const { keeper, until } = keep(() => Promise.reject(failures.shift() ?? new Error('asked too often')));
    const seat = await until(({ role }) => role === 'failed');
    assert.ok(seat.role === 'failed' && seat.error.code === 'dataKeyMissing');
    await keeper.dispose();
    const lock = tryLeaderLock(folder);
    assert.ok(lock, 'the lock was given back');
    await lock.dispose();
  });
});
