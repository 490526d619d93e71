import type { Totals } from '../contract/statistics.ts';
import type { LogTuple } from '../core/logTuple.ts';

/** The columns of the table `totals`. */
export const totalColumns = {
  requests: 'requests', errors: 'errors', inputTokens: 'input_tokens', cachedInputTokens: 'cached_input_tokens', outputTokens: 'output_tokens', reasoningOutputTokens: 'reasoning_output_tokens',
  cacheWriteTokens: 'cache_write_tokens', estimatedCost: 'estimated_cost_usd', unpriced: 'unpriced', firstByteMs: 'first_byte_ms', firstByteCount: 'first_byte_count', durationMs: 'duration_ms',
} as const satisfies Record<keyof Totals, string>;
export const totalNames = Object.keys(totalColumns) as (keyof Totals)[];

export function emptyTotals(): Totals {
  return { requests: 0, errors: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, cacheWriteTokens: 0, estimatedCost: 0, unpriced: 0, firstByteMs: 0, firstByteCount: 0, durationMs: 0 };
}

/** In the order of `totalNames`. */
export function valuesOf(numbers: readonly number[]): Totals {
  const totals = emptyTotals();
  totalNames.forEach((name, i) => { totals[name] = numbers[i] ?? 0; });
  return totals;
}

/** A provider that counts backwards must not lower a total. */
export function addTo(totals: Totals, row: LogTuple): void {
  const [, , , , , , , , , status, error, input, cached, output, , reasoning, cost, firstByteMs, durationMs, , , , , , cacheWritten] = row;
  totals.requests += 1;
  totals.errors += status === null || status >= 400 || error !== null ? 1 : 0;
  totals.inputTokens += atLeastNone(input);
  totals.cachedInputTokens += atLeastNone(cached);
  totals.outputTokens += atLeastNone(output);
  totals.reasoningOutputTokens += atLeastNone(reasoning);
  totals.cacheWriteTokens += atLeastNone(cacheWritten);
  totals.estimatedCost += atLeastNone(cost);
  totals.unpriced += cost === null && (input !== null || output !== null) ? 1 : 0;
  totals.firstByteMs += atLeastNone(firstByteMs);
  totals.firstByteCount += firstByteMs === null ? 0 : 1;
  totals.durationMs += atLeastNone(durationMs);
}

function atLeastNone(value: number | null): number {
  return Math.max(0, value ?? 0);
}
