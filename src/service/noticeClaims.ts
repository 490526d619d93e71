/** As many are remembered; the oldest go first. */
const mostKeys = 10_000;

/** Which notices were given out to a window: each once, for as long as the engine lives. */
export class NoticeClaims {
  readonly #keys = new Set<string>();

  /** Those of `keys` that nobody claimed before. */
  claim(keys: readonly string[]): string[] {
    const granted = [...new Set(keys)].filter((key) => !this.#keys.has(key));
    for (const key of granted) this.#keys.add(key);
    for (const key of this.#keys) {
      if (this.#keys.size <= mostKeys) break;
      this.#keys.delete(key);
    }
    return granted;
  }
}
