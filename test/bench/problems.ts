const mostKept = 20;
/** What may still be under way when a job's time is over. */
const graceMs = 20_000;

/** The broken rules of one job. */
export class Problems {
  readonly list: string[] = [];
  readonly #fatal = Promise.withResolvers<void>();

  readonly add = (problem: string): void => {
    if (this.list.length < mostKept) this.list.push(problem);
    if (this.many) this.#fatal.resolve();
  };

  /** For a broken connection: its answer will never come, so the job ends. */
  readonly addFatal = (problem: string): void => {
    this.add(problem);
    this.#fatal.resolve();
  };

  get many(): boolean {
    return this.list.length >= mostKept;
  }

  /** Waits for the work, at most `ms` and a grace: what is late then is a problem of its own. */
  async unlessFatal(work: Promise<unknown>, ms: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.add('answers did not come in time');
      late.resolve();
    }, ms + graceMs);
    await Promise.race([work, late.promise, this.#fatal.promise]);
    clearTimeout(timer);
  }
}
