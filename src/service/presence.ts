import type { Clock } from '../core/clock.ts';

/** A window that does not say so again within this time is taken for closed, ms. */
const expiresMs = 300_000;

/** Whether anybody looks at what we show: windows say so while they are active. `onReturn`: somebody looks again after nobody did for a while. */
export class Presence {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { readonly active: boolean; readonly at: number }>();
  #lookedAt = 0;
  onReturn = (): void => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  report(windowId: string, active: boolean): void {
    const now = this.#clock.now();
    const returns = active && !this.isAnyone(expiresMs);
    this.#windows.set(windowId, { active, at: now });
    for (const [id, { at }] of this.#windows) if (now - at > expiresMs) this.#windows.delete(id);
    if (returns) this.onReturn();
  }

  /** Somebody asked what is left, or sent a request through the gateway. */
  looked(): void {
    const returns = !this.isAnyone(expiresMs);
    this.#lookedAt = this.#clock.now();
    if (returns) this.onReturn();
  }

  /** A window is active, or somebody looked within `withinMs`. */
  isAnyone(withinMs: number): boolean {
    const now = this.#clock.now();
    return now - this.#lookedAt <= withinMs || [...this.#windows.values()].some(({ active, at }) => active && now - at <= expiresMs);
  }
}
