interface Waiting<T> { readonly item: T; readonly resolve: () => void; readonly reject: (reason: unknown) => void }

/** Gathers what is to be written at the same moment into one write: while one is under way, the next is gathered. */
export class GroupCommit<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  #waiting: Waiting<T>[] = [];
  #running: Promise<void> | null = null;

  constructor(write: (items: readonly T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when it is written; rejects when the write it was in failed. */
  add(item: T): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ item, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when everything added before is written, or could not be, and those who waited for it have gone on. */
  async flush(): Promise<void> {
    await this.#running;
    await new Promise(setImmediate);
  }

  async #run(): Promise<void> {
    // Whoever comes in this turn of the event loop comes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (thrown) {
        for (const { reject } of group) reject(thrown);
      }
    }
    this.#running = null;
  }
}
