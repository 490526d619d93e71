import type { Announcement } from '../contract/announcement.ts';
import { contractVersion } from '../contract/rpc.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';
import { RpcClient } from '../rpc/client.ts';
import { announce, readAnnouncement, withdraw } from './announcementFile.ts';
import { tryLeaderLock } from './leaderLock.ts';

/** Who answers? One value, replaced whole. */
export type Seat =
  | { readonly role: 'electing' }
  | { readonly role: 'leader' | 'client'; readonly leader: Announcement }
  | { readonly role: 'failed'; readonly error: AppError };

/** An engine that runs. `ended` resolves when it stopped by itself, or wants to be started again with other settings. */
export interface RunningEngine {
  readonly rpcUrl: string;
  readonly token: string;
  readonly epoch: number;
  readonly ended: Promise<'died' | 'restart'>;
  stop(): Promise<void>;
}

export interface SeatPorts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called only while this process holds the lock. */
  startEngine(): Promise<RunningEngine>;
  onChange(seat: Seat): void;
}

/** With these a new start would fail in the same way: the lock goes back and a person is told. */
const final = new Set(['dataKeyMissing', 'databaseCorrupt', 'databaseReadOnly', 'databaseTooNew', 'databaseUnusable', 'badRequest', 'portBusy']);
const pollMs = 50;
const firstBackoffMs = 250;
const mostBackoffMs = 30_000;

/** Contends for the lead of a data directory, leads or follows, and contends again when the leader is gone, until disposed. */
export class SeatKeeper implements Disposable {
  readonly #ports: SeatPorts;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(ports: SeatPorts) {
    this.#ports = ports;
    this.#running = this.#run();
  }

  /** Stops leading or following; a leader's engine is stopped first and the lock given back last. */
  async dispose(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { dataDir, onChange } = this.#ports;
    try {
      while (!this.#stop.signal.aborted) {
        const lock = tryLeaderLock(dataDir);
        if (!lock) {
          await this.#follow();
          continue;
        }
        try {
          await this.#lead();
        } finally {
          await lock.dispose();
        }
      }
    } catch (thrown) {
      onChange({ role: 'failed', error: AppError.from(thrown) });
    }
  }

  /** Keeps the lock while a crashed engine is started again. Throws when that makes no sense. */
  async #lead(): Promise<void> {
    const { clock, log } = this.#ports;
    let backoff = firstBackoffMs;
    while (!this.#stop.signal.aborted) {
      const startedAt = clock.now();
      try {
        if ((await this.#runEngine()) === 'restart') continue;
        if (!this.#stop.signal.aborted) log('error', 'CodexManager\'s engine stopped by itself; it is started again.');
      } catch (thrown) {
        const error = AppError.from(thrown);
        if (final.has(error.code)) throw error;
        log('error', `CodexManager's engine did not start: ${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`);
      }
      if (clock.now() - startedAt > mostBackoffMs) backoff = firstBackoffMs;
      await this.#sleep(backoff);
      backoff = Math.min(backoff * 2, mostBackoffMs);
    }
  }

  async #runEngine(): Promise<'died' | 'restart' | null> {
    const { dataDir, startEngine, onChange } = this.#ports;
    const engine = await startEngine();
    const { rpcUrl, token, epoch } = engine;
    try {
      const leader: Announcement = { rpcUrl, token, epoch, contractVersion, pid: process.pid };
      announce(dataDir, leader);
      onChange({ role: 'leader', leader });
      return await Promise.race([engine.ended, aborted(this.#stop.signal)]);
    } finally {
      withdraw(dataDir, epoch);
      await engine.stop();
      if (!this.#stop.signal.aborted) onChange({ role: 'electing' });
    }
  }

  /** Returns when it is time to contend again. */
  async #follow(): Promise<void> {
    const { dataDir, onChange } = this.#ports;
    const leader = readAnnouncement(dataDir);
    if (!leader) return this.#sleep(pollMs);
    const reached = await this.#listenTo(leader, () => onChange({ role: 'client', leader }));
    if (reached && !this.#stop.signal.aborted) onChange({ role: 'electing' });
    // A leader that starts or ends right now is asked again soon; one that was heard is succeeded at once, but not by all at the same moment.
    await this.#sleep(reached ? Math.random() * 25 : pollMs);
  }

  /** Holds the leader's event stream; true when it was heard before it ended. */
  #listenTo(leader: Announcement, onHeard: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let heard = false;
      const finish = (): void => {
        this.#stop.signal.removeEventListener('abort', finish);
        void subscription.dispose();
        resolve(heard);
      };
      const subscription: Disposable = new RpcClient(leader).subscribe(() => {
        if (!heard) onHeard();
        heard = true;
      }, finish);
      this.#stop.signal.addEventListener('abort', finish);
    });
  }

  #sleep(ms: number): Promise<void> {
    return this.#ports.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
