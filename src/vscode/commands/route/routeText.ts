import type { RequestLogItem } from '../../../contract/requestLog.ts';
import type { RouteCandidate, RouteExplanation, RouteRecord, RouteWhy } from '../../../contract/route.ts';
import { percentText, timeText, type Reader } from '../../../core/display/format.ts';
import { skipWord, strategyWords } from '../../../core/display/strategies.ts';

/** A line of the list that answers "Why this account?". `compared`: it could have been asked, and another one came first. */
export interface ExplainedLine { readonly label: string; readonly description: string; readonly group: 'asked' | 'compared' | 'passed' }

/** Who is asked in which order, then everybody who is not, with the reason. */
export function explainedLines({ candidates }: RouteExplanation, reader: Reader): ExplainedLine[] {
  return candidates.map((candidate) => (candidate.place === null
    ? { group: 'passed', label: `$(circle-slash) ${candidate.label}`, description: whyNot(candidate, reader) }
    : { group: 'asked', label: `$(${candidate.place === 1 ? 'arrow-right' : 'blank'}) ${candidate.place}. ${candidate.label}`, description: facts(candidate) }));
}

/** `work@… is asked first: you pinned it` */
export function explainedTitle({ strategy, why, chosen, candidates }: RouteExplanation): string {
  const label = candidates.find(({ accountId }) => accountId === chosen)?.label;
  return label === undefined ? 'Nobody would be asked now' : `${label} is asked first: ${whyText(why, strategy)}`;
}

type NameOf = (accountId: string) => string;

/** Every attempt of a request with its end, then who else could have been asked first, and who could not. */
export function recordLines({ attempts, route }: RequestLogItem, nameOf: NameOf, reader: Reader): ExplainedLine[] {
  const [, ...others] = route?.candidates ?? [];
  const asked = new Set(attempts.map(({ accountId }) => accountId));
  return [
    ...attempts.map(({ accountId, status, reason, ms }, i): ExplainedLine => ({
      group: 'asked', label: `$(${reason === 'ok' ? 'check' : 'error'}) ${i + 1}. ${nameOf(accountId)}`, description: [reason === 'ok' ? 'answered' : reason, status === null || reason.includes(String(status)) ? null : String(status), msText(ms)].filter((part) => part !== null).join(' · '),
    })),
    ...others.filter(({ accountId }) => !asked.has(accountId)).map((other): ExplainedLine => ({ group: 'compared', label: `$(blank) ${nameOf(other.accountId)}`, description: facts(other) })),
    ...(route?.skipped ?? []).map((skip): ExplainedLine => ({ group: 'passed', label: `$(circle-slash) ${nameOf(skip.accountId)}`, description: whyNot(skip, reader) })),
  ];
}

/** `work@… was asked first: it has this conversation` */
export function recordTitle({ route, attempts, error }: RequestLogItem, nameOf: NameOf): string {
  if (!route) return error === null ? 'Nothing was written down about this request' : `Nobody was asked: ${error}`;
  const first = route.candidates[0]?.accountId ?? attempts[0]?.accountId;
  if (first === undefined) return 'Nobody could be asked';
  return `${nameOf(first)} was asked first: ${whyText(route.why, route.strategy)}${leftText(route.left, nameOf)}`;
}

/** A request in a list. */
export function requestLine({ createdAt, model, accountId, attempts, statusCode, error }: RequestLogItem, nameOf: NameOf, reader: Reader): { readonly label: string; readonly description: string } {
  const failed = error !== null || statusCode === null || statusCode >= 400;
  const account = accountId === null ? null : nameOf(accountId);
  const told = [model, account, attempts.length > 1 ? `${attempts.length} attempts` : null, failed ? (error ?? String(statusCode ?? '')) : null];
  return { label: `$(${failed ? 'error' : attempts.length > 1 ? 'sync' : 'check'}) ${timeText(createdAt, reader)}`, description: told.filter((part) => part !== null).join(' · ') };
}

function whyText(why: RouteWhy, strategy: RouteRecord['strategy']): string {
  switch (why) {
    case 'bound': return 'only it can read what the request brings back';
    case 'pinned': return 'you pinned it';
    case 'conversation': return 'it has this conversation';
    default: return strategyWords(strategy).means;
  }
}

function leftText(left: RouteRecord['left'], nameOf: NameOf): string {
  return left === null ? '' : `. The conversation was with ${nameOf(left.accountId)} (${skipWord(left.reason)})`;
}

function facts({ left, health, running }: Pick<RouteCandidate, 'left' | 'health' | 'running'>): string {
  const told = [left === null ? 'not asked yet' : `${percentText(left)} left`, health < 100 ? `health ${health}` : null, running > 0 ? `${running} running` : null];
  return told.filter((part) => part !== null).join(' · ');
}

function whyNot({ reason, until }: { readonly reason: string | null; readonly until: number | null }, reader: Reader): string {
  const word = reason === null ? 'comes after these' : skipWord(reason);
  return until === null ? word : `${word} until ${timeText(until, reader)}`;
}

function msText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
