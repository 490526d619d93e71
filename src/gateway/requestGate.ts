/** Lets requests of one name through one after the other, as long as none has to wait too long: then it goes on beside the others (behaviour reference 7.6). */
export class RequestGate {
  /** Who waits behind the one that is through, the first first. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Whether a request of that name is through and not yet over. */
  isBusy(name: string): boolean {
    return this.#waiting.has(name);
  }

  /** Takes the gate, which must be free. */
  take(name: string): void {
    this.#waiting.set(name, []);
  }

  /** `ready` is called when the gate is this request's. Returns how to give up waiting. */
  wait(name: string, ready: () => void): () => void {
    const line = this.#waiting.get(name) ?? [];
    line.push(ready);
    return () => {
      const place = line.indexOf(ready);
      if (place >= 0) line.splice(place, 1);
    };
  }

  /** The next one is through, or the gate is free. */
  leave(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next) next();
    else this.#waiting.delete(name);
  }
}
