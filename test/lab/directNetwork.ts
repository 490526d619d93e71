import type { Network } from '../../src/core/proxyRoute.ts';

/** No account has a proxy of its own. */
export const directNetwork: Network = { proxyFor: () => null };
