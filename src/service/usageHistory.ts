import type { AccountId, UsageWindow } from '../contract/account.ts';
import type { Log } from '../core/logger.ts';
import type { UsageSample } from '../core/records.ts';
import type { Disposable } from '../core/scope.ts';
import type { Store } from '../core/store.ts';
import { lookbackOf, type WindowSample } from '../core/usageForecast.ts';

/** So many samples of a window are enough to tell its pace. */
const samplesPerLookback = 60;
/** An account's usage is written down at most this often, ms. */
const snapshotMs = 60_000;
/** Usage that stays as it is is written down at least this often, ms. */
const unchangedMs = 1_800_000;
const flushMs = 1_000;
const mostWaiting = 20_000;
const dayMinutes = 1_440;
/** Percent of short windows that must have been used before their price can be told. */
const enoughRise = 30;

export interface UsageHistoryDeps {
  readonly store: Pick<Store, 'appendUsage' | 'forgetUsage'>;
  readonly log: Log;
  /** Snapshots of an account that are kept; 0 = all. */
  readonly retain: number;
}

/** What was heard of windows lately, in memory for the forecast, and on disk for the history. Never slows or fails a request. */
export class UsageHistory implements Disposable {
  readonly #deps: UsageHistoryDeps;
  readonly #samples = new Map<AccountId, Map<string, WindowSample[]>>();
  readonly #written = new Map<AccountId, UsageSample>();
  readonly #heard = new Map<AccountId, readonly UsageWindow[]>();
  /** By how many percent windows of up to a day, and longer ones, rose together. */
  readonly #rises = { short: 0, long: 0 };
  #waiting: UsageSample[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(deps: UsageHistoryDeps) {
    this.#deps = deps;
  }

  /** What an earlier process heard, oldest first. Of accounts that were heard of since then it is too late. */
  load(samples: readonly UsageSample[]): void {
    const late = new Set(this.#samples.keys());
    for (const sample of samples) {
      if (late.has(sample.accountId)) continue;
      this.#remember(sample);
      this.#written.set(sample.accountId, sample);
    }
  }

  /** Oldest first. */
  samplesOf(id: AccountId, window: string): readonly WindowSample[] {
    return this.#samples.get(id)?.get(window) ?? [];
  }

  /** How many full short windows one full long window holds, by what they cost lately; null while too little was used to tell. */
  get longInShort(): number | null {
    const { short, long } = this.#rises;
    return short >= enoughRise && long > 0 ? short / long : null;
  }

  /** `at` in Unix ms. */
  note(accountId: AccountId, windows: readonly UsageWindow[], at: number): void {
    if (windows.length === 0) return;
    const sample = { accountId, windows, at };
    this.#remember(sample);
    const last = this.#written.get(accountId);
    if (last && at - last.at < (isSame(last.windows, windows) ? unchangedMs : snapshotMs)) return;
    this.#written.set(accountId, sample);
    if (this.#waiting.length < mostWaiting) this.#waiting.push(sample);
    this.#timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  forget(ids: readonly AccountId[]): void {
    for (const id of ids) {
      this.#samples.delete(id);
      this.#heard.delete(id);
      this.#written.delete(id);
    }
    const gone = new Set(ids);
    this.#waiting = this.#waiting.filter(({ accountId }) => !gone.has(accountId));
    this.#writing = this.#writing.then(() => this.#deps.store.forgetUsage(ids)).catch((thrown: unknown) => this.#complain(thrown));
  }

  /** Resolves when everything noted before the call is stored. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  dispose(): Promise<void> {
    return this.flush();
  }

  async #write(): Promise<void> {
    const samples = this.#waiting;
    this.#waiting = [];
    if (samples.length === 0) return;
    try {
      await this.#deps.store.appendUsage(samples, this.#deps.retain);
      this.#broken = false;
    } catch (thrown) {
      this.#complain(thrown);
    }
  }

  #complain(thrown: unknown): void {
    if (!this.#broken) this.#deps.log('error', `The usage history cannot be written: ${thrown instanceof Error ? thrown.message : 'unknown cause'} Usage is shown without it.`);
    this.#broken = true;
  }

  #weigh(before: readonly UsageWindow[], windows: readonly UsageWindow[]): void {
    const [short, long] = [riseOf(before, windows, true), riseOf(before, windows, false)];
    if (short === null || long === null) return;
    this.#rises.short += short;
    this.#rises.long += long;
  }

  #remember({ accountId, windows, at }: UsageSample): void {
    const ofAccount = this.#samples.get(accountId) ?? new Map<string, WindowSample[]>();
    this.#samples.set(accountId, ofAccount);
    this.#weigh(this.#heard.get(accountId) ?? [], windows);
    this.#heard.set(accountId, windows);
    for (const { name, minutes, usedPercent } of windows) {
      const samples = ofAccount.get(name) ?? [];
      ofAccount.set(name, samples);
      const last = samples.at(-1);
      const fell = last !== undefined && usedPercent < last.used;
      if (last && !fell && at - last.at < lookbackOf(minutes) / samplesPerLookback) continue;
      samples.push({ at, used: usedPercent });
      if (samples.length > samplesPerLookback + 2) samples.shift();
    }
  }
}

/** A rise counts only where both kinds of window are known, and neither was reset meanwhile. */
function riseOf(before: readonly UsageWindow[], windows: readonly UsageWindow[], isShort: boolean): number | null {
  const window = windows.find(({ scope, minutes }) => scope === 'account' && minutes !== null && minutes <= dayMinutes === isShort);
  const last = before.find(({ name }) => name === window?.name);
  return !window || !last || window.usedPercent < last.usedPercent ? null : window.usedPercent - last.usedPercent;
}

function isSame(before: readonly UsageWindow[], after: readonly UsageWindow[]): boolean {
  return before.length === after.length && before.every(({ name, usedPercent, resetsAt }, i) => after[i]?.name === name && after[i].usedPercent === usedPercent && after[i].resetsAt === resetsAt);
}
