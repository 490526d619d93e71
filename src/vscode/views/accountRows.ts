import type { Account, AccountWindow } from '../../contract/account.ts';
import type { RowModel } from './rowModel.ts';
import { accountTooltip, resetsText } from './accountTooltip.ts';
import { isReserved, leftOf, lookOfAccount, tightestOf } from '../../core/display/accountState.ts';
import { alignedPercent, bar, escapeMarkdown, percentText, timeText, type Reader } from '../../core/display/format.ts';
import { creditsText, nameOf, paceText, resetText, shortNameOf } from '../../core/display/windowText.ts';

/** A row has room for so many; the tooltip has all. */
const mostTags = 3;
/** With so many the reset fits into a sidebar that nobody has widened. */
const barParts = 8;

/** One account: what is left of its tightest window, or why it does not serve. */
export function accountRow(account: Account, reader: Reader): RowModel {
  const { icon, color, word } = lookOfAccount(account);
  const description = [describe(account, reader), ...account.tags.slice(0, mostTags).map((tag) => `#${tag}`)].filter((part) => part !== '').join('  ');
  return {
    id: account.id, label: account.label, description, icon, ...(color !== undefined && { color }),
    context: `account;${account.status};${account.enabled ? 'enabled' : 'disabled'};${account.kind}${account.resetCredits > 0 ? ';resets' : ''}`,
    spoken: `${account.label}, ${word}, ${description}`,
    hover: (at) => accountTooltip(account, at),
    ...(hasParts(account) && { fill: () => partsOf(account, reader) }),
  };
}

function hasParts({ windows, credits, resetCredits }: Account): boolean {
  return windows.length > 0 || resetCredits > 0 || creditsText(credits) !== null;
}

function describe(account: Account, reader: Reader): string {
  const until = account.availableAt === null ? '' : ` until ${timeText(account.availableAt, reader)}`;
  switch (account.status) {
    case 'exhausted': return `spent${until}`;
    case 'coolingDown': return `pausing${until}`;
    case 'needsLogin': return 'sign in again';
    case 'blocked': return 'blocked';
    case 'disabled': return 'paused';
    case 'unavailable': return isReserved(account) ? `kept for you${until}` : 'unavailable';
    case 'unknown': return 'not asked yet';
    case 'ready':
    case 'low': {
      const tightest = tightestOf(account, reader.now);
      if (!tightest) return '';
      const { resetsAt } = tightest.window;
      return resetsAt === null || resetsAt * 1000 <= reader.now ? percentText(tightest.left) : `${percentText(tightest.left)} · ${timeText(resetsAt, reader)}`;
    }
  }
}

/** Its windows, its own ones before those of one feature or model, and what it has beyond them. */
function partsOf(account: Account, reader: Reader): readonly RowModel[] {
  const balance = creditsText(account.credits);
  return [
    ...account.windows.map((window, i) => windowRow(account, window, i, reader)),
    ...(balance === null ? [] : [partRow(account, 'credits', 'Credits', balance)]),
    ...(account.resetCredits === 0 ? [] : [{ ...partRow(account, 'resets', 'Resets', resetsText(account.resetCredits)), context: 'resets' }]),
  ];
}

function windowRow(account: Account, window: AccountWindow, index: number, reader: Reader): RowModel {
  const left = leftOf(window, reader.now);
  // The figure comes first: a narrow view cuts the rest.
  const told = [resetText(window, reader), paceText(window, reader)].filter((part) => part !== '');
  return {
    ...partRow(account, `window:${index}:${window.name}`, shortNameOf(window), [alignedPercent(left), bar(left, barParts), ...told].join('  ')),
    spoken: [nameOf(window), `${percentText(left)} left`, ...told].join(', '),
    tooltip: escapeMarkdown([`${nameOf(window)}: ${percentText(left)} left`, ...told].join(', ')),
  };
}

function partRow(account: Account, id: string, label: string, description: string): RowModel {
  return { id: `${account.id}:${id}`, label, description, context: 'window', accountIds: () => [account.id], spoken: `${label}, ${description}` };
}
