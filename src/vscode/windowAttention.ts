import type { Disposable } from '../core/scope.ts';

/** The part of VS Code's WindowState that is needed: `active` means that somebody used the window within the last minute or so. */
export interface Attention { readonly focused: boolean; readonly active: boolean }

/** Whoever reads in a window in front does not touch it all the time, ms. */
const readingMs = 600_000;
const repeatMs = 120_000;

export interface PresenceDeps {
  readonly state: () => Attention;
  readonly now: () => number;
  /** Tells the leader; its answer does not matter, because it is told again. */
  readonly report: (active: boolean) => void;
}

/** Whether a person looks at this window, told to the leader: at once when it changes, and again every two minutes while somebody does. */
export class WindowAttention implements Disposable {
  readonly #deps: PresenceDeps;
  readonly #timer: NodeJS.Timeout;
  #usedAt = -Infinity;
  #told: boolean | null = null;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.#tell(this.isLooking), repeatMs);
    this.changed();
  }

  get isLooking(): boolean {
    const { state, now } = this.#deps;
    const { active, focused } = state();
    if (active) this.#usedAt = now();
    return active || (focused && now() - this.#usedAt < readingMs);
  }

  /** The window's state is another. */
  changed(): void {
    const looks = this.isLooking;
    if (looks !== this.#told) this.#tell(true);
  }

  /** There is another leader, which knows nothing yet. */
  connected(): void {
    this.#tell(true);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #tell(evenIfNobodyLooks: boolean): void {
    const looks = this.isLooking;
    if (!looks && !evenIfNobodyLooks && this.#told === false) return;
    this.#told = looks;
    this.#deps.report(looks);
  }
}
