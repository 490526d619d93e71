/** Tokens of one answer as the provider counts them; null where it did not say. `output` includes `reasoning`, `input` includes `cached`. */
export interface TokenUsage {
  readonly input: number | null;
  readonly cached: number | null;
  readonly output: number | null;
  readonly reasoning: number | null;
  readonly total: number | null;
  /** Written into the prompt cache, where the provider charges for it. */
  readonly cacheWritten: number | null;
}
