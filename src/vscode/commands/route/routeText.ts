import type { RouteCandidate, RouteExplanation } from '../../../contract/route.ts';
import { percentText, timeText, type Reader } from '../../../core/display/format.ts';
import { skipWord, strategyWords } from '../../../core/display/strategies.ts';

/** A line of the list that answers "Why this account?". */
export interface ExplainedLine { readonly label: string; readonly description: string; readonly group: 'asked' | 'passed' }

/** Who is asked in which order, then everybody who is not, with the reason. */
export function explainedLines({ candidates }: RouteExplanation, reader: Reader): ExplainedLine[] {
  return candidates.map((candidate) => (candidate.place === null
    ? { group: 'passed', label: `$(circle-slash) ${candidate.label}`, description: whyNot(candidate, reader) }
    : { group: 'asked', label: `$(${candidate.place === 1 ? 'arrow-right' : 'blank'}) ${candidate.place}. ${candidate.label}`, description: facts(candidate) }));
}

/** `work@… is asked first: it is pinned.` */
export function explainedTitle({ strategy, why, chosen, candidates }: RouteExplanation): string {
  const label = candidates.find(({ accountId }) => accountId === chosen)?.label;
  if (label === undefined) return 'Nobody would be asked now';
  return why === 'pinned' ? `${label} is asked first: you pinned it` : `${label} is asked first: ${strategyWords(strategy).means}`;
}

function facts({ left, health, running }: RouteCandidate): string {
  const told = [left === null ? 'not asked yet' : `${percentText(left)} left`, health < 100 ? `health ${health}` : null, running > 0 ? `${running} running` : null];
  return told.filter((part) => part !== null).join(' · ');
}

function whyNot({ reason, until }: RouteCandidate, reader: Reader): string {
  const word = reason === null ? 'comes after these' : skipWord(reason);
  return until === null ? word : `${word} until ${timeText(until, reader)}`;
}
