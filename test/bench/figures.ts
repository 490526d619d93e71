/** The value below which `part` (0 to 1) of the values lie; NaN for none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** One row of the report. `budget` is what the design asks for, in words; `ok` null when it is only reported. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly budget: string;
  readonly ok: boolean | null;
}

export function table(figures: readonly Figure[]): string {
  const width = (pick: (figure: Figure) => string): number => Math.max(...figures.map((figure) => pick(figure).length));
  const [names, values] = [width(({ name }) => name), width(({ value }) => value)];
  return figures.map(({ name, value, budget, ok }) => `${name.padEnd(names)}  ${value.padStart(values)}  ${budget}${ok === null ? '' : ok ? '  ok' : '  MISSED'}`).join('\n');
}
