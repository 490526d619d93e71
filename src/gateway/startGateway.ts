import type { GatewayState } from '../contract/gatewayState.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Disposable } from '../core/scope.ts';
import type { GatewayDeps } from './ports.ts';
import { AppError } from '../core/appError.ts';
import { gatewayContext } from './context.ts';
import { isOwnAddress } from './guard.ts';
import { listen, type Listening } from './listener.ts';
import { Router } from './router.ts';

export interface Gateway extends Disposable {
  state(): Omit<GatewayState, 'paused'>;
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
      await refuseLoop(config, listening);
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

async function refuseLoop({ upstreamBaseUrl, fallbackBaseUrl }: EngineConfig, listening: Listening): Promise<void> {
  const own = [upstreamBaseUrl, fallbackBaseUrl].find((base) => base !== null && isOwnAddress(base, listening.port));
  if (own === undefined) return;
  await listening.close();
  throw new AppError('badRequest', `The upstream address ${own ?? ''} leads back to this gateway. Set CODEXMANAGER_UPSTREAM_BASE_URL and CODEXMANAGER_UPSTREAM_FALLBACK_BASE_URL to the provider's address.`);
}
