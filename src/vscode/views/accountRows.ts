import type { Account, UsageWindow } from '../../contract/account.ts';
import type { RowModel } from './rowModel.ts';
import { isServing, leftOf, lookOf, poolLeft, tightestOf } from '../../core/display/accountState.ts';
import { bar, escapeMarkdown, percentText, shortWindowName, timeText, windowName, type Reader } from '../../core/display/format.ts';

/** Group → account → windows, groups in the order of their first account. */
export function accountRows(accounts: readonly Account[], reader: Reader): RowModel[] {
  const groups = new Map<string, Account[]>();
  for (const account of accounts) {
    const name = account.groupName ?? 'No group';
    groups.set(name, [...(groups.get(name) ?? []), account]);
  }
  return [...groups].map(([name, members]) => groupRow(name, members, reader));
}

function groupRow(name: string, members: readonly Account[], reader: Reader): RowModel {
  const ready = members.filter(isServing).length;
  const needing = members.filter(({ status }) => status === 'needsLogin' || status === 'blocked').length;
  const left = poolLeft(members, reader.now);
  const parts = [`${ready} of ${members.length} ready`, left === null ? null : percentText(left), needing > 0 ? `${needing} need${needing === 1 ? 's' : ''} you` : null];
  return { id: `group:${name}`, label: name, description: parts.filter((part) => part !== null).join(' · '), open: true, context: 'group', accountIds: () => members.map(({ id }) => id), children: members.map((account) => accountRow(account, reader)) };
}

/** One account: what is left of its tightest window, or why it does not serve. */
export function accountRow(account: Account, reader: Reader): RowModel {
  const { icon, color, word } = lookOf(account.status);
  const description = describe(account, reader);
  return {
    id: account.id, label: account.label, description, icon, ...(color !== undefined && { color }),
    context: `account;${account.status};${account.enabled ? 'enabled' : 'disabled'}`,
    spoken: `${account.label}, ${word}, ${description}`,
    tooltip: tooltip(account, reader),
    children: account.windows.map((window, i) => windowRow(account, window, i, reader)),
  };
}

function describe(account: Account, reader: Reader): string {
  const until = account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`;
  switch (account.status) {
    case 'exhausted': return `spent${until}`;
    case 'coolingDown': return `pausing${until}`;
    case 'needsLogin': return 'sign in again';
    case 'blocked': return 'blocked';
    case 'disabled': return 'paused';
    case 'unavailable': return 'unavailable';
    case 'unknown': return 'not asked yet';
    case 'ready':
    case 'low': {
      const tightest = tightestOf(account, reader.now);
      if (!tightest) return '';
      const { resetsAt } = tightest.window;
      return resetsAt === null ? percentText(tightest.left) : `${percentText(tightest.left)} · ${timeText(resetsAt, reader)}`;
    }
  }
}

function windowRow(account: Account, window: UsageWindow, index: number, reader: Reader): RowModel {
  const left = leftOf(window, reader.now);
  const resets = window.resetsAt === null ? '' : `  resets ${timeText(window.resetsAt, reader)}`;
  return {
    id: `${account.id}:window:${index}:${window.name}`, label: shortWindowName(window), description: `${bar(left)}  ${percentText(left)}${resets}`,
    context: 'window', spoken: `${windowName(window)}, ${percentText(left)} left${resets}`,
  };
}

function tooltip(account: Account, reader: Reader): string {
  const { word, icon } = lookOf(account.status);
  const lines = [`**${escapeMarkdown(account.label)}**${account.plan === null ? '' : ` · ${escapeMarkdown(account.plan)}`}`, `$(${icon}) ${word}${reasonOf(account)}`];
  for (const window of account.windows) {
    const left = leftOf(window, reader.now);
    lines.push(`${windowName(window)}: \`${bar(left)}\` ${percentText(left)}${window.resetsAt === null ? '' : ` · resets ${timeText(window.resetsAt, reader)}`}`);
  }
  if (account.email !== null && account.email !== account.label) lines.splice(1, 0, escapeMarkdown(account.email));
  return lines.join('\n\n');
}

const reasons: Readonly<Record<string, string>> = {
  usage_limit_reached: 'its usage limit is reached',
  refresh_token_reused: 'its refresh token was used elsewhere',
  refresh_token_expired: 'its refresh token has expired',
  refresh_token_invalidated: 'its refresh token was revoked',
  invalid_grant: 'its login is no longer valid',
};

function reasonOf({ statusReason, status }: Account): string {
  if (statusReason === null) return '';
  const next = status === 'needsLogin' ? '. Import its current auth.json again.' : '';
  return `: ${reasons[statusReason] ?? escapeMarkdown(statusReason)}${next}`;
}
