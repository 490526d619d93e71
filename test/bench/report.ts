import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** One row of the report. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly digits: number;
  /** What the design asks for; null when the figure is only reported. */
  readonly budget: { readonly atMost: number } | { readonly atLeast: number } | null;
  readonly note: string;
}

/** Null when there is no budget. A figure that could not be measured misses its budget. */
export function isMet({ value, budget }: Figure): boolean | null {
  if (budget === null) return null;
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}

export function row(figure: Figure): readonly [string, string, string, string, string] {
  const { name, value, unit, digits, budget, note } = figure;
  const asked = budget === null ? '' : 'atMost' in budget ? `≤ ${budget.atMost}` : `≥ ${budget.atLeast}`;
  const verdict = isMet(figure);
  return [name, Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`, asked, verdict === null ? '' : verdict ? 'ok' : 'MISSED', note];
}

/** The rows under each other, their columns aligned, numbers to the right. */
export function table(figures: readonly Figure[]): string {
  const rows = [['', 'measured', 'budget', '', ''] as const, ...figures.map(row)];
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(...rows.map((cells) => cells[column].length));
  const [names, values, budgets, verdicts] = [width(0), width(1), width(2), width(3)];
  return rows.map(([name, value, budget, verdict, note]) => `${name.padEnd(names)}  ${value.padStart(values)}  ${budget.padEnd(budgets)}  ${verdict.padEnd(verdicts)}  ${note}`.trimEnd()).join('\n');
}

/** What the figures depend on. */
export function environment(): Readonly<Record<string, string | number>> {
  const load = loadavg()[0] ?? NaN;
  return { node: process.version, cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, memoryMb: Math.round(totalmem() / 1_048_576), kernel: release(), loadAverage: Number(load.toFixed(2)) };
}

/** Gathers figures and broken rules; says each as it comes. */
export class Report {
  readonly figures: Figure[] = [];
  readonly problems: string[] = [];
  readonly details: Record<string, unknown> = {};

  readonly add = (figure: Figure): void => {
    this.figures.push(figure);
    const [name, value, budget, verdict, note] = row(figure);
    console.log([`${name}: ${value}`, budget, verdict, note].filter((part) => part !== '').join('  '));
  };

  readonly addProblem = (problem: string): void => {
    this.problems.push(problem);
    if (this.problems.length <= 20) console.error(`PROBLEM ${problem}`);
  };

  write(file: string, facts: Readonly<Record<string, unknown>>): void {
    mkdirSync(new URL('.', `file://${file}`), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...facts, figures: this.figures, problems: this.problems, details: this.details }, null, 2)}\n`);
  }
}
