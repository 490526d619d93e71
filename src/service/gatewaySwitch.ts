import type { GatewayState } from '../contract/gatewayState.ts';
import type { Disposable } from '../core/scope.ts';
import type { Gateway } from '../gateway/startGateway.ts';
import { ChangeSignal } from './changeSignal.ts';

export interface GatewaySwitchDeps {
  readonly open: () => Promise<Gateway>;
  /** The one that is shown while it is off. */
  readonly port: number;
  readonly paused: boolean;
  /** Durable; rejects with an AppError. */
  readonly keepPaused: (paused: boolean) => Promise<void>;
}

/** The gateway, on or off, and on but paused. Starts and stops wait for each other; a start while it runs changes nothing. */
export class GatewaySwitch implements Disposable {
  readonly #open: () => Promise<Gateway>;
  readonly #port: number;
  readonly #keepPaused: (paused: boolean) => Promise<void>;
  #paused: boolean;
  readonly #changes = new ChangeSignal(0);
  #gateway: Gateway | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ open, port, paused, keepPaused }: GatewaySwitchDeps) {
    this.#open = open;
    this.#port = port;
    this.#paused = paused;
    this.#keepPaused = keepPaused;
  }

  /** New requests are refused. */
  get paused(): boolean {
    return this.#paused;
  }

  state(): GatewayState {
    return { ...this.#gateway?.state() ?? { state: 'stopped' as const, addresses: [], port: this.#port, message: null }, paused: this.#paused };
  }

  /** Durable, then in force for the next request. */
  setPaused(paused: boolean): Promise<GatewayState> {
    return this.#next(async () => {
      await this.#keepPaused(paused);
      this.#paused = paused;
    });
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Rejects with an AppError when the address cannot be used at all; a busy port is a state. */
  start(): Promise<GatewayState> {
    return this.#next(async () => {
      if (this.#gateway?.state().state === 'running') return;
      this.#gateway = await this.#open();
    });
  }

  stop(): Promise<GatewayState> {
    return this.#next(async () => {
      const gateway = this.#gateway;
      this.#gateway = null;
      await gateway?.dispose();
    });
  }

  async dispose(): Promise<void> {
    this.#changes.dispose();
    await this.stop();
  }

  #next(work: () => Promise<void>): Promise<GatewayState> {
    const done = this.#last.then(async () => {
      await work();
      this.#changes.fire();
      return this.state();
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
