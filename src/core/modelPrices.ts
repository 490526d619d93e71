import type { TokenPrices } from '../contract/prices.ts';

/** What a family of models costs. `dated`: the family's name alone and with a date behind it; else also with anything else behind a dash (`gpt-5-codex`; never `gpt-5.5`). */
export interface ModelPrice extends TokenPrices {
  readonly family: string;
  readonly dated: boolean;
  /** Where the price is stated, and the day it was looked up; null where that is not known. */
  readonly source: string;
  readonly date: string | null;
}

/** Raised with every change of the table below. */
export const priceTableVersion = 1;

/** CodexManager v0.1.3's table. */
const v013 = (family: string, input: number, cachedInput: number, output: number): ModelPrice =>
  ({ family, dated: false, input, cachedInput, output, cacheWrite: null, longContext: null, source: 'https://github.com/qxcnm/Codex-Manager/releases/tag/v0.1.3', date: null });

/** OpenAI's standard prices. Above 272,000 input tokens the whole request costs twice as much for input and cache, and one and a half times as much for output. */
const openAi = (family: string, input: number, cachedInput: number, output: number, cacheWrite: number | null): ModelPrice => ({
  family, dated: true, input, cachedInput, output, cacheWrite,
  longContext: { above: 272_000, input: 2 * input, cachedInput: 2 * cachedInput, output: 1.5 * output, cacheWrite: cacheWrite === null ? null : 2 * cacheWrite },
  source: `https://developers.openai.com/api/docs/models/${family}`, date: '2026-11-25',
});

/** US dollars per million tokens. A model that is not here has no price: none is guessed. */
export const modelPrices: readonly ModelPrice[] = [
  openAi('gpt-6.1-sol', 2, 0.1, 10, 2.5),
  openAi('gpt-6.1-terra', 1, 0.05, 5, 1.25),
  openAi('gpt-6-astra', 10, 1, 50, 12.5),
  openAi('gpt-6-sol', 2, 0.2, 10, 2.5),
  openAi('gpt-6-luna', 0.1, 0.01, 0.5, 0.125),
  openAi('gpt-5.6-sol', 4, 0.4, 20, 5),
  openAi('gpt-5.6-terra', 2, 0.2, 12, 2.5),
  openAi('gpt-5.6-luna', 0.2, 0.02, 1.2, 0.25),
  openAi('gpt-5.5', 5, 0.5, 30, null),
  v013('gpt-5.3-codex', 1.75, 0.175, 14),
  v013('gpt-5.2-codex', 1.75, 0.175, 14),
  v013('gpt-5.2', 1.75, 0.175, 14),
  v013('gpt-5.1-codex-mini', 0.25, 0.025, 2),
  v013('gpt-5.1-codex-max', 1.25, 0.125, 10),
  v013('gpt-5.1-codex', 1.25, 0.125, 10),
  v013('gpt-5.1', 1.25, 0.125, 10),
  v013('gpt-5-codex', 1.25, 0.125, 10),
  v013('gpt-5', 1.25, 0.125, 10),
  v013('gpt-4.1', 2, 2, 8),
  v013('gpt-4o', 2.5, 2.5, 10),
  v013('gpt-4', 30, 30, 60),
  v013('claude-3-7', 3, 3, 15),
  v013('claude-3-5', 3, 3, 15),
  v013('claude-3', 3, 3, 15),
];
