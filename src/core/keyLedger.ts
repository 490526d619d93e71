import type { BudgetName, BudgetUsage, KeyLimits } from '../contract/platformKey.ts';
import { budgetLimit, budgetNames, budgets, fits, perDollar, type Amount } from './keyLimits.ts';
import { windowOf, type LocalWindow, type WindowKind } from './localWindows.ts';
import { MinuteCount } from './minuteCount.ts';

/** A request that runs, and what is set aside for it. `at` in Unix ms, `day` its local day: there its usage counts, whenever it ends. */
export interface Reservation extends Amount { readonly id: number; readonly at: number; readonly day: string }

/** Which limit stands in the way, in tokens, requests or billionths of a dollar. `freeAt` in Unix ms; null: when a running request ends. */
export interface Reached {
  readonly name: BudgetName | 'requestsPerMinute' | 'concurrentRequests';
  readonly used: number;
  readonly reserved: number;
  readonly limit: number;
  readonly freeAt: number | null;
}

interface DayCount { readonly used: { tokens: number; cost: number }; readonly reserved: { tokens: number; cost: number } }

/** The calendar is asked at most so often, ms. */
const calendarMs = 1_000;
/** Longer than any window. */
const mostDays = 64;

/** What one key has used, has reserved and is doing, in memory. */
export class KeyLedger {
  readonly #days = new Map<string, DayCount>();
  readonly #open = new Map<number, Reservation>();
  readonly #begun = new MinuteCount();
  readonly #windows = new Map<WindowKind, { readonly window: LocalWindow; readonly from: number; readonly until: number }>();
  #running = 0;

  /** What an earlier process counted. */
  load(day: string, { tokens, cost }: Amount): void {
    add(this.#day(day).used, { tokens, cost }, 1);
  }

  loadBegun(at: number): void {
    this.#begun.add(at);
  }

  /** The first limit that a request would break; null when it may run. */
  reached(limits: KeyLimits, estimate: Amount, now: number): Reached | null {
    const { concurrentRequests, requestsPerMinute } = limits;
    if (concurrentRequests !== null && this.#running >= concurrentRequests) return { name: 'concurrentRequests', used: this.#running, reserved: 0, limit: concurrentRequests, freeAt: null };
    for (const name of budgetNames) {
      const limit = budgetLimit(limits, name);
      if (limit === null) continue;
      const { used, reserved, endsAt } = this.#sum(name, now);
      // What runs may turn out smaller than was reserved for it, and then the rest is free again.
      if (!fits({ used, reserved, estimate: estimate[budgets[name].unit], limit })) return { name, used, reserved, limit, freeAt: used < limit ? null : endsAt };
    }
    const free = requestsPerMinute === null ? null : this.#begun.freeAt(requestsPerMinute, now);
    return requestsPerMinute === null || free === null ? null : { name: 'requestsPerMinute', used: this.#begun.size, reserved: 0, limit: requestsPerMinute, freeAt: free };
  }

  /** A request of a key with limits runs until end(). */
  begin(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
  }

  reserve(id: number, { tokens, cost }: Amount, now: number): Reservation {
    const reservation = { id, at: now, day: this.#window('day', now).firstDay, tokens, cost };
    this.#open.set(id, reservation);
    add(this.#day(reservation.day).reserved, reservation, 1);
    this.#begun.forget(now);
    this.#begun.add(now);
    return reservation;
  }

  /** It is over: what it used takes the place of what was reserved. */
  settle(id: number, used: Amount): void {
    const reservation = this.#open.get(id);
    if (!reservation) return;
    this.#open.delete(id);
    const count = this.#day(reservation.day);
    add(count.reserved, reservation, -1);
    add(count.used, used, 1);
  }

  /** It never began. */
  cancel(id: number): void {
    const reservation = this.#open.get(id);
    this.settle(id, { tokens: 0, cost: 0 });
    if (reservation) this.#begun.remove(reservation.at);
  }

  /** For a person: tokens or US dollars, Unix seconds. */
  usage(limits: KeyLimits, now: number): BudgetUsage[] {
    return budgetNames.flatMap((name) => {
      const limit = limits[name];
      if (limit === null) return [];
      const { used, reserved, endsAt } = this.#sum(name, now);
      const unit = budgets[name].unit === 'cost' ? perDollar : 1;
      return [{ name, used: used / unit, reserved: reserved / unit, limit, resetsAt: Math.ceil(endsAt / 1000) }];
    });
  }

  #sum(name: BudgetName, now: number): { readonly used: number; readonly reserved: number; readonly endsAt: number } {
    const { unit, window } = budgets[name];
    const { firstDay, endDay, endsAt } = this.#window(window, now);
    let [used, reserved] = [0, 0];
    for (const [day, count] of this.#days) {
      if (day < firstDay || day >= endDay) continue;
      used += count.used[unit];
      reserved += count.reserved[unit];
    }
    return { used, reserved, endsAt };
  }

  #window(kind: WindowKind, now: number): LocalWindow {
    const known = this.#windows.get(kind);
    if (known && now >= known.from && now < known.until) return known.window;
    const window = windowOf(kind, now);
    this.#windows.set(kind, { window, from: now, until: Math.min(window.endsAt, now + calendarMs) });
    return window;
  }

  #day(day: string): DayCount {
    const known = this.#days.get(day);
    if (known) return known;
    const made = { used: { tokens: 0, cost: 0 }, reserved: { tokens: 0, cost: 0 } };
    this.#days.set(day, made);
    if (this.#days.size > mostDays) this.#days.delete([...this.#days.keys()].sort()[0] ?? '');
    return made;
  }
}

function add(sum: { tokens: number; cost: number }, { tokens, cost }: Amount, sign: 1 | -1): void {
  sum.tokens += sign * tokens;
  sum.cost += sign * cost;
}
