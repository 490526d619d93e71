/**
 * A map that forgets: it holds at least the newest `most` entries and at most twice as many. Dropping half of them at once costs nothing; looking for the oldest
 * one in a Map whose beginning is full of holes costs tens of microseconds each time.
 */
export class Generations<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(name: string): T | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  /** The entry counts as new. */
  set(name: string, value: T, most: number): void {
    this.#young.set(name, value);
    if (this.#young.size < most) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
