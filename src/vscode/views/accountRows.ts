import type { Account, UsageWindow } from '../../contract/account.ts';
import type { RowModel } from './rowModel.ts';
import { accountTooltip } from './accountTooltip.ts';
import { leftOf, lookOf, tightestOf } from '../../core/display/accountState.ts';
import { bar, percentText, shortWindowName, timeText, windowName, type Reader } from '../../core/display/format.ts';

/** A row has room for so many; the tooltip has all. */
const mostTags = 3;

/** One account: what is left of its tightest window, or why it does not serve. */
export function accountRow(account: Account, reader: Reader): RowModel {
  const { icon, color, word } = lookOf(account.status);
  const description = [describe(account, reader), ...account.tags.slice(0, mostTags).map((tag) => `#${tag}`)].filter((part) => part !== '').join('  ');
  return {
    id: account.id, label: account.label, description, icon, ...(color !== undefined && { color }),
    context: `account;${account.status};${account.enabled ? 'enabled' : 'disabled'};${account.kind}`,
    spoken: `${account.label}, ${word}, ${description}`,
    hover: (at) => accountTooltip(account, at),
    ...(account.windows.length > 0 && { fill: () => account.windows.map((window, i) => windowRow(account, window, i, reader)) }),
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
    context: 'window', accountIds: () => [account.id], spoken: `${windowName(window)}, ${percentText(left)} left${resets}`,
  };
}
