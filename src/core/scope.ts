/** Anything with an end. */
export interface Disposable { dispose(): void | Promise<void> }

/** Owns things and ends them, last in first out. What arrives after the end is ended at once. */
export class Scope implements Disposable {
  #owned: Disposable[] = [];
  #ended: Promise<void> | undefined;

  /** Takes ownership and returns the thing. */
  own<T extends Disposable>(thing: T): T {
    if (this.#ended) this.#ended = this.#ended.then(() => thing.dispose());
    else this.#owned.push(thing);
    return thing;
  }

  /** Ends everything, awaiting each; a failing one does not keep the rest alive. Rejects with the first failure. */
  dispose(): Promise<void> {
    this.#ended ??= endAll(this.#owned.reverse());
    return this.#ended;
  }
}

async function endAll(things: readonly Disposable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      await thing.dispose();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw failures[0];
}
