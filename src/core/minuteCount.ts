const minuteMs = 60_000;
/** So many that are over may lie in front before the rest is moved. */
const mostOver = 1_024;

/** What began within the last 60 seconds, times in Unix ms. */
export class MinuteCount {
  #times: number[] = [];
  /** Before this place all is over. */
  #first = 0;

  get size(): number {
    return this.#times.length - this.#first;
  }

  add(at: number): void {
    this.#times.push(at);
  }

  /** It did not begin after all. */
  remove(at: number): void {
    const place = this.#times.lastIndexOf(at);
    if (place >= this.#first) this.#times.splice(place, 1);
  }

  /** When one more may begin while at most `limit` may in any 60 seconds; null: now. */
  freeAt(limit: number, now: number): number | null {
    this.forget(now);
    const at = this.size < limit ? undefined : this.#times.at(-limit);
    return at === undefined ? null : at + minuteMs;
  }

  forget(now: number): void {
    // After the clock was set back, what lies far ahead of it says nothing.
    if ((this.#times.at(-1) ?? now) >= now + minuteMs) this.#times = this.#times.slice(this.#first).filter((at) => at < now + minuteMs);
    else if (this.#first > mostOver) this.#times = this.#times.slice(this.#first);
    else {
      while ((this.#times[this.#first] ?? now) <= now - minuteMs) this.#first += 1;
      return;
    }
    this.#first = 0;
    this.forget(now);
  }
}
