import type { Account } from '../../contract/account.ts';
import type { TodaySummary } from '../../contract/requestLog.ts';
import { isServing, poolFigures, tightestOf } from '../../core/display/accountState.ts';
import { shortNumber } from '../../core/display/amounts.ts';
import { countdownText, escapeMarkdown, percentText, timeText, type Reader } from '../../core/display/format.ts';
import { nameOf } from '../../core/display/windowText.ts';
import type { Snapshot } from '../mirror.ts';
import type { StatusShow } from '../settings.ts';
import { currentAccount, tightestAccount } from './currentAccount.ts';
import { statusTooltip } from './statusTooltip.ts';

export interface StatusModel {
  readonly text: string;
  /** Markdown with links to commands of ours. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly look: 'plain' | 'warning' | 'error';
  /** What the text counts down to, Unix s; null when it does not. */
  readonly until: number | null;
}

export interface StatusOptions {
  readonly show: Exclude<StatusShow, 'hidden'>;
  /** Null: not known, or nobody looks. */
  readonly today: TodaySummary | null;
}

type Short = Omit<StatusModel, 'tooltip'>;

/** The status bar item: what is left, or what keeps the pool from serving. */
export function statusModel(snapshot: Snapshot, reader: Reader, { show, today }: StatusOptions): StatusModel {
  const { seat } = snapshot;
  if (seat.role === 'failed') return { text: '$(error) CodexManager', tooltip: escapeMarkdown(seat.error.message), spoken: `CodexManager: ${seat.error.message}`, look: 'error', until: null };
  return { ...shortOf(snapshot, reader, show), tooltip: statusTooltip(snapshot, reader, today) };
}

function shortOf(snapshot: Snapshot, reader: Reader, show: StatusOptions['show']): Short {
  const { accounts, gateway } = snapshot;
  if (!accounts) return plain('$(sync~spin) CodexManager', 'CodexManager is starting');
  if (gateway?.state === 'portBusy') return { ...plain('$(error) port busy', `CodexManager: port ${gateway.port} is used by another program`), look: 'error' };
  if (gateway?.state === 'running' && gateway.paused) return plain('$(debug-pause) paused', 'CodexManager: the gateway is paused');
  if (gateway?.state === 'stopped') return plain('$(debug-pause) gateway stopped', 'CodexManager: the gateway is stopped');
  if (accounts.length === 0) return plain('$(pulse) no accounts', 'CodexManager has no accounts');
  if (!accounts.some(isServing)) return { ...nobodyServes(accounts, reader), look: 'warning' };
  const short = show === 'pool' ? poolLeft(snapshot, accounts, reader) : accountLeft(show === 'tightest' ? tightestAccount(accounts, reader.now) : currentAccount(snapshot), accounts, reader);
  return { ...short, look: isLow(accounts) ? 'warning' : 'plain' };
}

/** The pool runs low when nobody in it has more than a little left. */
function isLow(accounts: readonly Account[]): boolean {
  return accounts.every((account) => !isServing(account) || account.status === 'low');
}

function accountLeft(account: Account | null, accounts: readonly Account[], { now }: Reader): Short {
  const tightest = account && tightestOf(account, now);
  if (!account || !tightest) return justReady(accounts, now);
  const { window, left } = tightest;
  const until = window.resetsAt !== null && window.resetsAt * 1000 > now ? window.resetsAt : null;
  const countdown = until === null ? '' : countdownText(until, now);
  return {
    text: `$(pulse) ${percentText(left)}${countdown === '' ? '' : ` · ${countdown}`}`,
    spoken: `CodexManager: ${percentText(left)} left of the ${nameOf(window)} of ${account.label}${countdown === '' ? '' : `, resets in ${countdown}`}`, look: 'plain', until,
  };
}

/** In full 5-hour windows, else in percent. */
function poolLeft({ usage }: Snapshot, accounts: readonly Account[], { now }: Reader): Short {
  if (usage && usage.short.accounts > 0 && usage.short.left >= 0.05) {
    const windows = shortNumber(usage.short.left);
    return plain(`$(pulse) ${windows} × 5 h`, `CodexManager: ${windows} full 5-hour windows left in the pool`);
  }
  const { left } = poolFigures(accounts, now);
  return left === null ? justReady(accounts, now) : plain(`$(pulse) ${percentText(left)}`, `CodexManager: ${percentText(left)} of the pool left`);
}

function justReady(accounts: readonly Account[], now: number): Short {
  const { serving } = poolFigures(accounts, now);
  return plain(`$(pulse) ${serving} ready`, `CodexManager: ${serving} accounts ready`);
}

function nobodyServes(accounts: readonly Account[], reader: Reader): Short {
  let back = Infinity;
  for (const { availableAt } of accounts) if (availableAt !== null) back = Math.min(back, availableAt);
  if (back < Infinity) return { ...plain(`$(clock) back ${timeText(back, reader)}`, `CodexManager: every account is spent, the first is back ${timeText(back, reader)}`), until: back };
  if (accounts.some(({ status }) => status === 'needsLogin')) return plain('$(key) sign in', 'CodexManager: accounts need you to sign in again');
  return plain('$(circle-slash) none ready', 'CodexManager: no account is ready');
}

function plain(text: string, spoken: string): Short {
  return { text, spoken, look: 'plain', until: null };
}
