/** How often was chosen for a key and model: bounded, the longest unused forgotten first, and each after `ttlMs` without use (0 = never). */
export class TurnCounters {
  readonly #counters = new Map<string, { count: number; at: number }>();

  /** 0 the first time. `now` in Unix ms; `capacity` 0 = any number. */
  next(name: string, { now, ttlMs, capacity }: { readonly now: number; readonly ttlMs: number; readonly capacity: number }): number {
    const known = this.#counters.get(name);
    const count = known && (ttlMs === 0 || now - known.at < ttlMs) ? known.count + 1 : 0;
    this.#counters.delete(name);
    this.#counters.set(name, { count, at: now });
    for (let over = capacity > 0 ? this.#counters.size - capacity : 0; over > 0; over -= 1) this.#forgetOldest();
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
