import type { GatewayState } from '../../contract/gatewayState.ts';
import type { Account, AccountWindow } from '../../contract/account.ts';
import type { TodaySummary } from '../../contract/requestLog.ts';
import { RouteStrategy } from '../../contract/route.ts';
import { strategyWords } from '../../core/display/strategies.ts';
import type { PoolUsage } from '../../contract/usage.ts';
import { isOwn, isServing, leftOf, lookOfAccount, poolFigures } from '../../core/display/accountState.ts';
import { costText, countText, shortNumber } from '../../core/display/amounts.ts';
import { bar, escapeMarkdown, numberText, percentText, timeText, type Reader } from '../../core/display/format.ts';
import { creditsText, firstEmpty, resetText } from '../../core/display/windowText.ts';
import { commands } from '../ids.ts';
import type { Snapshot } from '../mirror.ts';
import { currentAccount, firstAccounts } from './currentAccount.ts';

const mostAccounts = 8;
const mostLetters = 18;
/** Balances that are told. */
const mostBalances = 3;
const dayMinutes = 1_440;
/** Two of them side by side have to fit. */
const barParts = 6;

/** Commands the tooltip may run; no other link in it works. */
export const tooltipCommands = [commands.refreshUsage, commands.openDashboard, commands.openLogs, commands.copyAddress, commands.startGateway, commands.pauseGateway, commands.resumeGateway] as const;

/** Everything worth a glance, as Markdown; all text of others is escaped. */
export function statusTooltip(snapshot: Snapshot, reader: Reader, today: TodaySummary | null): string {
  const accounts = snapshot.accounts ?? [];
  const current = currentAccount(snapshot);
  const { total, serving } = poolFigures(accounts, reader.now);
  return [
    `**CodexManager** — ${numberText(serving)} of ${numberText(total)} accounts ready`,
    ...(total === 0 ? [] : [table(accounts, current, reader)]),
    ...(total > mostAccounts ? [`… and ${numberText(total - mostAccounts)} more`] : []),
    lines(snapshot, current, reader, today).join('  \n'),
    actions(snapshot, total),
  ].filter((part) => part !== '').join('\n\n');
}

/** Two columns of windows: those of up to a day, and the longer ones. */
type Column = 'short' | 'long';

function table(accounts: readonly Account[], current: Account | null, reader: Reader): string {
  const first = firstAccounts(accounts, mostAccounts, reader.now);
  // Whoever answers requests is among them in any case.
  const shown = !current || first.includes(current) ? first : [current, ...first.slice(0, mostAccounts - 1)];
  const head = (column: Column): string => shown.map((account) => windowIn(account, column)).find((window) => window !== undefined)?.name ?? '';
  const heads = { short: head('short'), long: head('long') };
  const titles = [heads.short, heads.long].map((name) => (name === '' ? '' : `${escapeMarkdown(name)} left, resets`));
  return [`| | ${titles.join(' | ')} |`, '|:--|:--|:--|', ...shown.map((account) => tableRow(account, account === current, heads, reader))].join('\n');
}

function windowIn({ windows }: Account, column: Column): AccountWindow | undefined {
  return windows.find((window) => isOwn(window) && ((window.minutes ?? 0) > dayMinutes ? 'long' : 'short') === column);
}

function tableRow(account: Account, isCurrent: boolean, heads: Readonly<Record<Column, string>>, reader: Reader): string {
  const { icon, word } = lookOfAccount(account);
  const label = escapeMarkdown(briefLabel(account.label));
  const cells = (['short', 'long'] as const).map((column) => {
    const window = windowIn(account, column);
    return window ? windowCell(window, heads[column], reader) : '';
  });
  // Why it does not serve, unless a spent window says it.
  const hidden = !isServing(account) && (account.status !== 'exhausted' || cells.every((cell) => cell === ''));
  const told = hidden ? [`${word}${account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`}`, ''] : cells;
  return `| ${[`$(${icon}) ${isCurrent ? `**${label}**` : label}`, ...told].map(unbroken).join(' | ')} |`;
}

/** A window of another length than its column's says so. */
function windowCell(window: AccountWindow, head: string, reader: Reader): string {
  const left = leftOf(window, reader.now);
  const resets = window.resetsAt === null || window.resetsAt * 1000 <= reader.now ? null : timeText(window.resetsAt, reader);
  const told = [percentText(left), resets].filter((part) => part !== null).join(' · ');
  return `${window.name === head ? '' : `${escapeMarkdown(window.name)} `}\`${bar(left, barParts)}\` ${told}`;
}

/** Cells that break make a table nobody can read. */
function unbroken(cell: string): string {
  return cell.replaceAll(' ', '\u00a0');
}

/** `somebody@…` */
function briefLabel(label: string): string {
  if (label.length <= mostLetters) return label;
  const at = label.indexOf('@');
  return `${label.slice(0, at > 0 && at < mostLetters ? at + 1 : mostLetters)}…`;
}

function lines({ usage, gateway, accounts }: Snapshot, current: Account | null, reader: Reader, today: TodaySummary | null): string[] {
  const empty = current && firstEmpty(current, reader.now);
  return [
    ...(usage ? poolLines(usage, reader) : []),
    ...(current && empty ? [`$(flame) ${escapeMarkdown(current.label)}: at this pace ${paceOf(empty, reader)}`] : []),
    ...balanceLine(accounts ?? []),
    ...(today ? [`Today ${numberText(today.requests)} request${today.requests === 1 ? '' : 's'} · ${countText(today.todayTokens)} tokens · ${costText(today.estimatedCost)}`] : []),
    ...(gateway?.state === 'running' ? [`Gateway \`http://localhost:${gateway.port}\``] : gateway?.message ? [escapeMarkdown(gateway.message)] : []),
  ];
}

function balanceLine(accounts: readonly Account[]): string[] {
  const told: string[] = [];
  for (const { label, credits } of accounts) {
    const balance = creditsText(credits);
    if (balance !== null) told.push(`${escapeMarkdown(briefLabel(label))} ${escapeMarkdown(balance)}`);
    if (told.length === mostBalances) break;
  }
  return told.length === 0 ? [] : [`Credits: ${told.join(', ')}`];
}

/** `empty at 15:40, resets 17:00` */
function paceOf(window: AccountWindow, reader: Reader): string {
  return [`empty at ${timeText(window.forecast?.emptyAt ?? 0, reader)}`, resetText(window, reader)].filter((part) => part !== '').join(', ');
}

function poolLines({ short, long, longInShort, next, passedOver, total }: PoolUsage, reader: Reader): string[] {
  const now = short.accounts === 0 ? null : `${shortNumber(short.left)} full 5-hour windows now`;
  const week = long.accounts === 0 ? null : longInShort === null ? `${percentText((long.left / long.accounts) * 100)} of the week` : `about ${shortNumber(Math.round(Math.max(0, longInShort - short.left)))} more this week`;
  const left = [now, week].filter((part) => part !== null).join(' · ');
  const over = passedOver.map(({ label, reason, until }) => `${escapeMarkdown(label)} (${passedWord(reason)}${until === null ? '' : ` until ${timeText(until, reader)}`})`).join(', ');
  const who = next ? `Next: ${escapeMarkdown(next.label)} (${nextWords(next.reason, passedOver.length)})` : 'Next: nobody is ready';
  return [...(left === '' ? [] : [`Left: ${left}`]), ...(total === 0 ? [] : [over === '' ? who : `${who}, not ${over}`])];
}

function nextWords(reason: string, passedOver: number): string {
  if (reason === 'pinned') return 'you pinned it';
  if (reason === 'ordered') return passedOver === 0 ? 'first in order' : 'first ready one in order';
  const strategy = RouteStrategy.safeParse(reason).data;
  return strategy ? strategyWords(strategy).next : reason;
}

function passedWord(reason: string): string {
  switch (reason) {
    case 'exhausted': return 'spent';
    case 'needsLogin': return 'sign in again';
    case 'disabled': return 'paused';
    case 'unavailable': return 'pausing';
    default: return escapeMarkdown(reason);
  }
}

function actions({ gateway }: Snapshot, total: number): string {
  const links: readonly (readonly [string, string])[] = [
    ...(total > 0 ? [['$(refresh) Refresh', commands.refreshUsage] as const] : []),
    ['$(dashboard) Dashboard', commands.openDashboard], ['$(list-unordered) Logs', commands.openLogs],
    ...(gateway ? [['$(copy) Copy address', commands.copyAddress] as const] : []),
    ...(gateway ? [gatewayLink(gateway)] : []),
  ];
  return links.map(([label, command]) => `[${label}](command:${command})`).join('&nbsp;&nbsp; ');
}

function gatewayLink({ state, paused }: GatewayState): readonly [string, (typeof tooltipCommands)[number]] {
  if (state !== 'running') return ['$(play) Start gateway', commands.startGateway];
  return paused ? ['$(play) Resume gateway', commands.resumeGateway] : ['$(debug-pause) Pause gateway', commands.pauseGateway];
}
