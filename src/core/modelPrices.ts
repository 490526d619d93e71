/** US dollars per 1,000 tokens of the model `prefix` and of those whose names go on after it with a dash: `gpt-5` is not `gpt-5.5`. */
export interface ModelPrice { readonly prefix: string; readonly input: number; readonly cached: number; readonly output: number }

const price = (prefix: string, input: number, cached: number, output: number): ModelPrice => ({ prefix, input, cached, output });

/** CodexManager v0.1.3's table. The first match counts, so longer names stand before their beginnings. */
export const modelPrices: readonly ModelPrice[] = [
  price('gpt-5.3-codex', 0.00175, 0.000175, 0.014),
  price('gpt-5.2-codex', 0.00175, 0.000175, 0.014),
  price('gpt-5.2', 0.00175, 0.000175, 0.014),
  price('gpt-5.1-codex-mini', 0.00025, 0.000025, 0.002),
  price('gpt-5.1-codex-max', 0.00125, 0.000125, 0.01),
  price('gpt-5.1-codex', 0.00125, 0.000125, 0.01),
  price('gpt-5.1', 0.00125, 0.000125, 0.01),
  price('gpt-5-codex', 0.00125, 0.000125, 0.01),
  price('gpt-5', 0.00125, 0.000125, 0.01),
  price('gpt-4.1', 0.002, 0.002, 0.008),
  price('gpt-4o', 0.0025, 0.0025, 0.01),
  price('gpt-4', 0.03, 0.03, 0.06),
  price('claude-3-7', 0.003, 0.003, 0.015),
  price('claude-3-5', 0.003, 0.003, 0.015),
  price('claude-3', 0.003, 0.003, 0.015),
];
