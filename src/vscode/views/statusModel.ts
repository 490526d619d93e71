import type { Account } from '../../contract/account.ts';
import type { Snapshot } from '../mirror.ts';
import { commands } from '../ids.ts';
import { isServing, leftOf, lookOf, poolFigures, tightestOf, type Tightest } from '../../core/display/accountState.ts';
import { bar, countdownText, escapeMarkdown, percentText, timeText, windowName, type Reader } from '../../core/display/format.ts';

export interface StatusModel {
  readonly text: string;
  /** Markdown with links to commands of ours. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly look: 'plain' | 'warning' | 'error';
}

const lowPercent = 15;
const mostAccounts = 8;

/** The status bar item: what is left in the tightest window that matters, or what keeps the pool from serving. */
export function statusModel(snapshot: Snapshot, reader: Reader): StatusModel {
  const { seat, accounts, gateway } = snapshot;
  if (seat.role === 'failed') return { text: '$(error) CodexManager', tooltip: escapeMarkdown(seat.error.message), spoken: `CodexManager: ${seat.error.message}`, look: 'error' };
  const tooltip = tooltipOf(snapshot, reader);
  if (!accounts) return { text: '$(sync~spin) CodexManager', tooltip, spoken: 'CodexManager is starting', look: 'plain' };
  if (gateway?.state === 'portBusy') return { text: '$(error) port busy', tooltip, spoken: `CodexManager: port ${gateway.port} is used by another program`, look: 'error' };
  if (gateway?.state === 'stopped') return { text: '$(debug-pause) gateway stopped', tooltip, spoken: 'CodexManager: the gateway is stopped', look: 'plain' };
  const short = shortText(accounts, reader);
  return { ...short, tooltip };
}

function shortText(accounts: readonly Account[], { now, locale }: Reader): Omit<StatusModel, 'tooltip'> {
  if (accounts.length === 0) return { text: '$(pulse) no accounts', spoken: 'CodexManager has no accounts', look: 'plain' };
  const { serving } = poolFigures(accounts, now);
  if (serving === 0) return nobodyServes(accounts, { now, locale });
  const known = firstKnown(accounts, now);
  if (!known) return { text: `$(pulse) ${serving} ready`, spoken: `CodexManager: ${serving} accounts ready`, look: 'plain' };
  const { window, left } = known;
  const until = window.resetsAt === null || window.resetsAt * 1000 <= now ? '' : ` · ${countdownText(window.resetsAt, now)}`;
  return { text: `$(pulse) ${Math.round(left)}%${until}`, spoken: `CodexManager: ${percentText(left)} left of the ${windowName(window)}${until}`, look: left < lowPercent && serving === 1 ? 'warning' : 'plain' };
}

/** The account the gateway asks first is the one whose window a person is about to hit. */
function firstKnown(accounts: readonly Account[], now: number): Tightest | null {
  for (const account of accounts) {
    const tightest = isServing(account) ? tightestOf(account, now) : null;
    if (tightest) return tightest;
  }
  return null;
}

function nobodyServes(accounts: readonly Account[], reader: Reader): Omit<StatusModel, 'tooltip'> {
  const back = accounts.map(({ availableAt }) => availableAt).filter((at) => at !== null).sort((a, b) => a - b)[0];
  if (back !== undefined) return { text: `$(clock) back ${timeText(back, reader)}`, spoken: `CodexManager: every account is spent, the first is back ${timeText(back, reader)}`, look: 'warning' };
  if (accounts.some(({ status }) => status === 'needsLogin')) return { text: '$(key) sign in', spoken: 'CodexManager: accounts need you to sign in again', look: 'warning' };
  return { text: '$(circle-slash) none ready', spoken: 'CodexManager: no account is ready', look: 'warning' };
}

function tooltipOf({ accounts, gateway }: Snapshot, reader: Reader): string {
  const list = accounts ?? [];
  const lines = [`**CodexManager** — ${poolFigures(list, reader.now).serving} of ${list.length} accounts ready`];
  if (list.length > 0) lines.push(['| | | | |', '|:--|:--|:--|:--|', ...list.slice(0, mostAccounts).map((account) => tableRow(account, reader))].join('\n'));
  if (list.length > mostAccounts) lines.push(`… and ${list.length - mostAccounts} more`);
  if (gateway?.state === 'running') lines.push(`Gateway \`http://localhost:${gateway.port}\``);
  else if (gateway?.message) lines.push(escapeMarkdown(gateway.message));
  lines.push(`[Dashboard](command:${commands.openDashboard}) · [Logs](command:${commands.openLogs}) · [Copy address](command:${commands.copyAddress})`);
  return lines.join('\n\n');
}

function tableRow(account: Account, reader: Reader): string {
  const { icon, word } = lookOf(account.status);
  const name = `$(${icon}) ${escapeMarkdown(account.label)}`;
  const tightest = tightestOf(account, reader.now);
  if (!isServing(account) || !tightest) return `| ${name} | ${word}${account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`} | | |`;
  const left = leftOf(tightest.window, reader.now);
  const resets = tightest.window.resetsAt === null ? '' : `resets ${timeText(tightest.window.resetsAt, reader)}`;
  return `| ${name} | ${windowName(tightest.window)} | \`${bar(left)}\` ${percentText(left)} | ${resets} |`;
}
