/** Something that is done a bit at a time; true while there is more to do. */
export interface Steps { step(): boolean }

/** One step of one of them in each round of the event loop, in turn, so that what they do together never holds up a stream. */
export class Turns {
  readonly #waiting = new Set<Steps>();
  #isSet = false;

  add(steps: Steps): void {
    this.#waiting.add(steps);
    if (!this.#isSet) setImmediate(() => this.#next());
    this.#isSet = true;
  }

  #next(): void {
    this.#isSet = false;
    const [steps] = this.#waiting;
    if (!steps) return;
    this.#waiting.delete(steps);
    if (steps.step()) this.#waiting.add(steps);
    const [other] = this.#waiting;
    if (other) this.add(other);
  }
}
