import type { Clock } from '../core/clock.ts';

/** A window that does not say so again within this time is taken for closed, ms. */
const expiresMs = 300_000;

/** Whether anybody looks at what we show: windows say so while they are active. */
export class Presence {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { readonly active: boolean; readonly at: number }>();
  #lookedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  report(windowId: string, active: boolean): void {
    const now = this.#clock.now();
    this.#windows.set(windowId, { active, at: now });
    for (const [id, { at }] of this.#windows) if (now - at > expiresMs) this.#windows.delete(id);
  }

  /** Somebody asked what is left, or sent a request through the gateway. */
  looked(): void {
    this.#lookedAt = this.#clock.now();
  }

  /** A window is active, or somebody looked within `withinMs`. */
  isAnyone(withinMs: number): boolean {
    const now = this.#clock.now();
    return now - this.#lookedAt <= withinMs || [...this.#windows.values()].some(({ active, at }) => active && now - at <= expiresMs);
  }
}
