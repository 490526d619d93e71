/** How often was chosen for a key and model: bounded, the longest unused forgotten first, and each after `ttlMs` without use (0 = never). */
export class TurnCounters {
  readonly #ttlMs: number;
  readonly #capacity: number;
  readonly #counters = new Map<string, { count: number; at: number }>();

  constructor(ttlMs: number, capacity: number) {
    this.#ttlMs = ttlMs;
    this.#capacity = capacity;
  }

  /** 0 the first time. `now` in Unix ms. */
  next(name: string, now: number): number {
    const known = this.#counters.get(name);
    const count = known && (this.#ttlMs === 0 || now - known.at < this.#ttlMs) ? known.count + 1 : 0;
    this.#counters.delete(name);
    this.#counters.set(name, { count, at: now });
    if (this.#capacity > 0 && this.#counters.size > this.#capacity) this.#forgetOldest();
    return count;
  }

  clear(): void {
    this.#counters.clear();
  }

  #forgetOldest(): void {
    const oldest = this.#counters.keys().next();
    if (!oldest.done) this.#counters.delete(oldest.value);
  }
}
