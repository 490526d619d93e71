import { AppError } from '../core/appError.ts';
import type { Disposable } from '../core/scope.ts';

interface Job<T> { readonly promise: Promise<T>; readonly start: () => void; readonly end: (error: AppError) => void }

/** Work on things by name, at most so many at a time, in the order they came. A thing that waits or is worked on is not taken twice. */
export class WorkQueue<K, T> implements Disposable {
  readonly #workers: number;
  readonly #work: (key: K) => Promise<T>;
  readonly #jobs = new Map<K, Job<T>>();
  readonly #waiting = new Map<K, Job<T>>();
  #running = 0;
  #over = false;

  constructor(workers: number, work: (key: K) => Promise<T>) {
    this.#workers = workers;
    this.#work = work;
  }

  /** Resolves with what the work gave; rejects with what it threw, or `cancelled` when the queue ended first. */
  run(key: K): Promise<T> {
    if (this.#over) return Promise.reject(new AppError('cancelled', 'The engine is stopping.'));
    const known = this.#jobs.get(key);
    if (known) return known.promise;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const start = (): void => {
      this.#running += 1;
      this.#work(key).then(resolve, reject).finally(() => {
        this.#running -= 1;
        this.#jobs.delete(key);
        this.#next();
      });
    };
    const job = { promise, start, end: reject };
    this.#jobs.set(key, job);
    this.#waiting.set(key, job);
    this.#next();
    return promise;
  }

  /** What waits ends with `cancelled`. */
  dispose(): void {
    this.#over = true;
    for (const { end } of this.#waiting.values()) end(new AppError('cancelled', 'The engine is stopping.'));
    this.#waiting.clear();
  }

  #next(): void {
    while (this.#running < this.#workers) {
      const [first] = this.#waiting;
      if (!first) return;
      this.#waiting.delete(first[0]);
      first[1].start();
    }
  }
}
