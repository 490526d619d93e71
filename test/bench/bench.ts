import type { Load } from './load.ts';
import type { Report } from './report.ts';
import type { GatewayUnderTest } from './gatewayUnderTest.ts';
import type { Target } from './targets.ts';

/** How long the measurements last. */
export interface Scale {
  /** Pairs of slots, gateway and baseline, that one ratio is made of. */
  readonly pairs: number;
  readonly slotMs: number;
  readonly latencyMs: number;
  readonly pacedRounds: number;
  readonly pacedMs: number;
}

export const quickScale: Scale = { pairs: 6, slotMs: 1_000, latencyMs: 4_000, pacedRounds: 1, pacedMs: 4_000 };
export const fullScale: Scale = { pairs: 12, slotMs: 2_000, latencyMs: 15_000, pacedRounds: 3, pacedMs: 8_000 };

/** All that a measurement needs. */
export interface Bench {
  readonly scale: Scale;
  readonly report: Report;
  readonly load: Load;
  /** What is measured: the gateway, or the baseline once more to prove the method. */
  readonly subject: Target;
  readonly bare: Target;
  /** A second process of each. One is up to a tenth faster than its twin, as luck has it with the compiler: ratios are taken over both. */
  readonly twins: { readonly subject: Target; readonly bare: Target };
  readonly direct: Target;
  /** A gateway of its own for a measurement that must not inherit the memory of others; null when the subject is no gateway. */
  readonly freshGateway: (() => Promise<GatewayUnderTest>) | null;
}
