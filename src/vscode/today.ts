import type { TodaySummary } from '../contract/requestLog.ts';
import type { Disposable } from '../core/scope.ts';
import type { Snapshot } from './mirror.ts';

/** Asked at most so often, ms. */
const restMs = 30_000;

/** What was used today, as far as somebody looks: asked for while the window is looked at and something was requested since. */
export class Today {
  readonly #ask: () => Promise<TodaySummary>;
  readonly #listeners = new Set<() => void>();
  #summary: TodaySummary | null = null;
  #askedAt = -Infinity;
  #askedFor = '';

  constructor(ask: () => Promise<TodaySummary>) {
    this.#ask = ask;
  }

  get summary(): TodaySummary | null {
    return this.#summary;
  }

  /** Asks when there is reason to. `now` in Unix ms. */
  look({ seat, recent }: Snapshot, now: number): void {
    if (seat.role !== 'leader' && seat.role !== 'client') return;
    const wanted = `${seat.leader.epoch} ${new Date(now).toDateString()} ${recent[0]?.id ?? 0}`;
    if (wanted === this.#askedFor || now - this.#askedAt < restMs) return;
    [this.#askedAt, this.#askedFor] = [now, wanted];
    this.#ask().then((summary) => {
      this.#summary = summary;
      for (const listener of this.#listeners) listener();
    }, () => {
      this.#askedFor = ''; // a leader that went away: asked again after the rest
    });
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }
}
