import type { AccountId } from '../contract/account.ts';
import type { StoredAccount } from '../core/records.ts';
import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import { skipOf } from '../core/selectAccount.ts';

/** At most so many skipped accounts are named per request. */
const mostSkips = 50;

type Value = string | number | null | undefined;

/** `ts=… event=… name=value …` as the original's trace file has it: seconds, `-` for nothing, no line breaks inside a value. */
export function traceLine(now: number, event: string, traceId: string, fields: Readonly<Record<string, Value>>): string {
  let line = `ts=${Math.floor(now / 1000)} event=${event} trace_id=${traceId}`;
  for (const name in fields) line += ` ${name}=${clean(fields[name])}`;
  return line;
}

function clean(value: Value): string {
  if (value === null || value === undefined || value === '') return '-';
  return typeof value === 'number' ? String(value) : value.replaceAll(/[\r\n]/g, ' ');
}

export function traceCandidates({ recorder, clock, routes }: GatewayContext, turn: Turn, candidates: readonly StoredAccount[]): void {
  const ordered = candidates.map(({ account }) => `${account.id}#sort=${account.sort}`).join(',');
  recorder.trace(traceLine(clock.now(), 'CANDIDATE_POOL', turn.traceId, { key_id: turn.key.id, strategy: routes.strategy, ordered_candidates: ordered }));
}

/** The accounts before `chosen` that could not be asked, and the start at `chosen`. */
export function traceSkips({ recorder, clock, pool }: GatewayContext, turn: Turn, chosen: AccountId): void {
  const now = clock.now();
  const accounts = pool.list();
  let place = 0;
  for (; place < accounts.length; place += 1) {
    const candidate = accounts[place];
    if (!candidate || candidate.account.id === chosen) break;
    const skip = place < mostSkips && !turn.tried.has(candidate.account.id) ? skipOf(candidate, turn.asking, now) : null;
    if (skip) recorder.trace(traceLine(now, 'CANDIDATE_SKIP', turn.traceId, { candidate: `${place + 1}/${accounts.length}`, account_id: candidate.account.id, reason: skip.reason }));
  }
  recorder.trace(traceLine(now, 'CANDIDATE_START', turn.traceId, { candidate: `${place + 1}/${accounts.length}`, account_id: chosen }));
}

export function traceAttempt({ recorder, clock }: GatewayContext, turn: Turn, accountId: AccountId, reason: string): void {
  const status = turn.entry.attempts.at(-1)?.status ?? null;
  recorder.trace(traceLine(clock.now(), 'ATTEMPT_RESULT', turn.traceId, { account_id: accountId, status, upstream_url: turn.entry.upstreamUrl, error: reason }));
}
