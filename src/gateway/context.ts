import type { GatewayDeps } from './ports.ts';
import type { UpstreamTarget } from './upstreamTarget.ts';
import { RecentCuts } from './recentCuts.ts';
import { RequestGate } from './requestGate.ts';
import { upstreamTarget } from './upstreamTarget.ts';

/** What every request of one gateway shares. */
export interface GatewayContext extends GatewayDeps {
  readonly target: UpstreamTarget;
  readonly fallbackTarget: UpstreamTarget | null;
  readonly recentCuts: RecentCuts;
  readonly gate: RequestGate;
}

export function gatewayContext(deps: GatewayDeps): GatewayContext {
  const { upstreamBaseUrl, fallbackBaseUrl } = deps.config;
  return {
    ...deps,
    target: upstreamTarget(upstreamBaseUrl, '/v1/responses'),
    fallbackTarget: fallbackBaseUrl === null ? null : upstreamTarget(fallbackBaseUrl, '/v1/responses'),
    recentCuts: new RecentCuts(),
    gate: new RequestGate(),
  };
}
