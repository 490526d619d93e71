import type { AccountId } from '../contract/account.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/logger.ts';
import type { Disposable } from '../core/scope.ts';

export interface TokenRefresherDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** What comes before each look at who is due. */
  readonly tidy: () => Promise<void>;
  readonly due: () => readonly AccountId[];
  readonly refresh: (id: AccountId) => Promise<unknown>;
}

const tickMs = 30_000;
const mostAtOnce = 4;

/** Renews logins before they end: first at once, then twice a minute, and whenever it is woken. Some at a time, so that one that hangs delays no other. */
export class TokenRefresher implements Disposable {
  readonly #deps: TokenRefresherDeps;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #nap = new AbortController();
  #woken = false;

  constructor(deps: TokenRefresherDeps) {
    this.#deps = deps;
    this.#loop = this.#run();
  }

  /** Looks again without waiting for the next tick. */
  wake(): void {
    this.#woken = true;
    this.#nap.abort();
  }

  /** Ends the loop. A refresh that runs belongs to whoever does it. */
  async dispose(): Promise<void> {
    this.#stop.abort();
    this.#nap.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = false;
      await unlessEnded(this.#round(), signal);
      await this.#sleep();
    }
  }

  async #round(): Promise<void> {
    try {
      await this.#deps.tidy();
      const waiting = [...this.#deps.due()];
      await Promise.all(Array.from({ length: Math.min(mostAtOnce, waiting.length) }, () => this.#lane(waiting)));
    } catch (thrown) {
      this.#deps.log('error', `Looking after logins failed: ${thrown instanceof Error ? thrown.message : 'unknown cause'}`);
    }
  }

  async #lane(waiting: AccountId[]): Promise<void> {
    for (let id = waiting.shift(); id !== undefined && !this.#stop.signal.aborted; id = waiting.shift()) await this.#deps.refresh(id);
  }

  async #sleep(): Promise<void> {
    if (this.#woken || this.#stop.signal.aborted) return;
    this.#nap = new AbortController();
    // An aborted sleep is how it is woken or ended.
    await this.#deps.clock.sleep(tickMs, this.#nap.signal).catch(() => undefined);
  }
}

/** Waits for `work`, but not beyond the end. */
async function unlessEnded(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => { ended = resolve; });
  signal.addEventListener('abort', ended, { once: true });
  await Promise.race([work, end]);
  signal.removeEventListener('abort', ended);
}
