import type { GatewayState } from '../contract/gatewayState.ts';
import type { Disposable } from '../core/scope.ts';
import type { Gateway } from '../gateway/startGateway.ts';
import { ChangeSignal } from './changeSignal.ts';

/** The gateway, on or off. Starts and stops wait for each other; a start while it runs changes nothing. */
export class GatewaySwitch implements Disposable {
  readonly #open: () => Promise<Gateway>;
  readonly #port: number;
  readonly #changes = new ChangeSignal(0);
  #gateway: Gateway | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** `port` is the one that is shown while it is off. */
  constructor(open: () => Promise<Gateway>, port: number) {
    this.#open = open;
    this.#port = port;
  }

  state(): GatewayState {
    return this.#gateway?.state() ?? { state: 'stopped', addresses: [], port: this.#port, message: null };
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
