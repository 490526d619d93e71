import { SeatKeeper, type RunningEngine, type Seat } from '../cluster/seat.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import type { Disposable } from '../core/scope.ts';

export interface WindowSeatPorts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  startEngine(): Promise<RunningEngine>;
  onChange(seat: Seat): void;
}

/** This window's place: it leads or follows, and takes part again after a failure when a person asks for it. */
export class WindowSeat implements Disposable {
  readonly #ports: WindowSeatPorts;
  #keeper: SeatKeeper;

  constructor(ports: WindowSeatPorts) {
    this.#ports = ports;
    this.#keeper = new SeatKeeper(ports);
  }

  async retry(): Promise<void> {
    await this.#keeper.dispose();
    this.#ports.onChange({ role: 'electing' });
    this.#keeper = new SeatKeeper(this.#ports);
  }

  dispose(): Promise<void> {
    return this.#keeper.dispose();
  }
}
