import type { GatewayState } from '../contract/gatewayState.ts';
import type { Disposable } from '../core/scope.ts';
import type { GatewayDeps } from './ports.ts';
import { AppError } from '../core/appError.ts';
import { gatewayContext } from './context.ts';
import { listen } from './listener.ts';
import { Router } from './router.ts';

export interface Gateway extends Disposable {
  state(): GatewayState;
}

/** How long a leader that took over waits for its predecessor's port to be free. */
const takeoverMs = 2_000;

/**
 * Starts the data plane. A port that another program keeps is a state (`portBusy`, with what to do in `message`), not an error; anything else that
 * is wrong with the address rejects with an AppError.
 */
export async function startGateway(deps: GatewayDeps): Promise<Gateway> {
  const { config, clock } = deps;
  const router = new Router(gatewayContext(deps));
  const deadline = clock.now() + takeoverMs;
  for (;;) {
    try {
      const listening = await listen(config.listen, router.handle);
      return {
        state: () => ({ state: 'running', addresses: [...listening.addresses], port: listening.port, message: null }),
        dispose: () => listening.close(),
      };
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code !== 'portBusy') throw error;
      if (clock.now() >= deadline) return { state: () => ({ state: 'portBusy', addresses: [], port: config.listen.port, message: error.message }), dispose: () => undefined };
      await clock.sleep(25);
    }
  }
}
