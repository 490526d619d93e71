import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SeatKeeper, type Seat } from '../../../src/cluster/seat.ts';
import type { EngineReady } from '../../../src/contract/host.ts';
import { systemClock } from '../../../src/core/systemClock.ts';
import { Mirror, type Snapshot } from '../../../src/vscode/mirror.ts';
import { EngineWorker } from '../../../src/vscode/engineWorker.ts';

const dist = resolve('dist');

describe('EngineWorker and Mirror', function () {
  this.timeout(30_000);
  let folder: string;
  let mirror: Mirror;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codexmanager-worker-'));
    mirror = new Mirror();
  });
  afterEach(() => {
    mirror.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function engine(dbName = 'codexmanager.db', onReady: (ready: EngineReady) => void = () => undefined): EngineWorker {
    return new EngineWorker({
      engineFile: join(dist, 'engine.js'), log: () => undefined, onReady,
      startMessage: () => Promise.resolve({ type: 'start', dbPath: join(folder, dbName), storeFile: join(dist, 'store.js'), env: { CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0' }, rpcOnGatewayPort: false, codexHome: join(folder, 'codex'), secretDataKey: null }),
    });
  }

  function when(holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return new Promise((done) => {
      const look = (): void => {
        if (!holds(mirror.snapshot)) return;
        void subscription.dispose();
        done(mirror.snapshot);
      };
      const subscription = mirror.onChange(look);
      look();
    });
  }

  it('rejects with the engine\'s own reason and leaves nothing running', async () => {
    mkdirSync(join(folder, 'a folder.db'));
    await assert.rejects(engine('a folder.db').start(), { name: 'AppError', code: 'databaseUnusable', message: /a folder\.db is a folder/ });
  });

  it('says when it is ready, and hands over a new data key once', async () => {
    const keys: (string | null)[] = [];
    for (let i = 0; i < 2; i += 1) {
      const running = await engine('codexmanager.db', ({ newDataKey }) => keys.push(newDataKey)).start();
      await running.stop();
      assert.equal(await running.ended, 'died');
    }
    assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/);
    assert.equal(keys[1], null);
  });

  it('keeps the mirror\'s last state while an engine is started anew, and goes on with the next one', async () => {
    const worker = engine();
    const keeper = new SeatKeeper({ dataDir: folder, clock: systemClock, log: () => undefined, startEngine: worker.start, onChange: (seat: Seat) => mirror.setSeat(seat) });
    const { gateway } = await when((snapshot) => snapshot.gateway !== null && snapshot.accounts !== null);
    assert.equal(gateway?.state, 'running');
    await mirror.call('apikey/create', { name: 'kept' });
    await when(({ keys }) => keys?.[0]?.name === 'kept');
    const before = mirror.snapshot.seat;
    worker.restart();
    const between = await when(({ seat }) => seat.role === 'electing');
    assert.equal(between.keys?.[0]?.name, 'kept');
    await assert.rejects(mirror.call('account/list'), { message: /is starting/ });
    const after = await when(({ seat }) => seat.role === 'leader' && seat !== before);
    assert.ok(after.seat.role === 'leader' && before.role === 'leader' && after.seat.leader.epoch > before.leader.epoch);
    await keeper.dispose();
  });
});
