import type { StatisticsStep } from '../contract/statistics.ts';

/** A stretch of time in Unix seconds, `from` ≤ time < `to`. */
export interface TimeStep { readonly from: number; readonly to: number }

/** The whole steps of the local clock that touch [from, to), oldest first; null when there would be more than `most`. */
export function timeSteps(from: number, to: number, step: StatisticsStep, most: number): TimeStep[] | null {
  const steps: TimeStep[] = [];
  for (let at = beginOf(from, step); at < to;) {
    if (steps.length === most) return null;
    const next = nextOf(at, step);
    steps.push({ from: at, to: next });
    at = next;
  }
  return steps;
}

/** When the local hour began: zones differ from each other by quarters of an hour too. */
export function localHour(seconds: number): number {
  const offset = -new Date(seconds * 1000).getTimezoneOffset() * 60;
  return Math.floor((seconds + offset) / 3_600) * 3_600 - offset;
}

/** When the local day began. */
export function localDay(seconds: number): number {
  return beginOf(seconds, 'day');
}

function beginOf(seconds: number, step: StatisticsStep): number {
  if (step === 'hour') return localHour(seconds);
  const date = new Date(seconds * 1000);
  date.setHours(0, 0, 0, 0);
  if (step === 'week') date.setDate(date.getDate() - (date.getDay() + 6) % 7);
  if (step === 'month') date.setDate(1);
  return date.getTime() / 1000;
}

function nextOf(begin: number, step: StatisticsStep): number {
  // The hour that the clock is put forward or back is one of 3,600 seconds as well.
  if (step === 'hour') return begin + 3_600;
  const date = new Date(begin * 1000);
  if (step === 'month') date.setMonth(date.getMonth() + 1);
  else date.setDate(date.getDate() + (step === 'week' ? 7 : 1));
  return date.getTime() / 1000;
}
