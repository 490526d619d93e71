import type { Disposable } from '../../core/scope.ts';

/** What happens within so short a time is told together, ms. */
const gatherMs = 400;
/** So long the window in front has the right to tell it, ms. */
const yieldMs = 1_500;
const mostSingle = 3;
/** Keys of what this window told, for the case that the engine forgot. */
const mostRemembered = 1_000;

/** `key` is the same for every window that hears of it. */
interface Keyed { readonly key: string }

export interface NoticeTellerDeps<N extends Keyed> {
  readonly isFocused: () => boolean;
  /** Those of the keys that no other window has claimed. Rejects when nobody leads. */
  readonly claim: (keys: string[]) => Promise<readonly string[]>;
  readonly tellOne: (notice: N) => void;
  readonly tellMany: (notices: readonly N[]) => void;
}

/** Tells what happened, once over all windows, and many things in one. */
export class NoticeTeller<N extends Keyed> implements Disposable {
  readonly #deps: NoticeTellerDeps<N>;
  readonly #told = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #gathered: N[] = [];

  constructor(deps: NoticeTellerDeps<N>) {
    this.#deps = deps;
  }

  hear(notices: readonly N[]): void {
    const fresh = notices.filter(({ key }) => !this.#told.has(key));
    if (fresh.length === 0) return;
    for (const { key } of fresh) this.#remember(key);
    if (this.#gathered.length === 0) this.#later(gatherMs, () => this.#turn());
    this.#gathered.push(...fresh);
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #turn(): void {
    const notices = this.#gathered;
    this.#gathered = [];
    if (this.#deps.isFocused()) void this.#tell(notices);
    else this.#later(yieldMs, () => void this.#tell(notices));
  }

  async #tell(notices: readonly N[]): Promise<void> {
    const { claim, isFocused, tellOne, tellMany } = this.#deps;
    const keys = notices.map(({ key }) => key);
    // Without a leader, or with one that does not know claims, the window in front tells it.
    const granted = new Set(await claim(keys).catch(() => (isFocused() ? keys : [])));
    const mine = notices.filter(({ key }) => granted.has(key));
    if (mine.length > mostSingle) tellMany(mine);
    else mine.forEach(tellOne);
  }

  #remember(key: string): void {
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= mostRemembered) return;
      this.#told.delete(oldest);
    }
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
