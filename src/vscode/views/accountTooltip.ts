import type { Account, AccountWindow } from '../../contract/account.ts';
import { leftOf, lookOfAccount } from '../../core/display/accountState.ts';
import { bar, escapeMarkdown, percentText, timeText, type Reader } from '../../core/display/format.ts';
import { stateReasonText, usageReasonText } from '../../core/display/reasons.ts';
import { creditsText, nameOf, paceText, resetText } from '../../core/display/windowText.ts';

/** Everything known about an account, as Markdown; all text of others is escaped. */
export function accountTooltip(account: Account, reader: Reader): string {
  const { word, icon } = lookOfAccount(account);
  const { label, plan, email, windows } = account;
  return [
    `**${escapeMarkdown(label)}**${plan === null ? '' : ` · ${escapeMarkdown(plan)}`}`,
    ...(email !== null && email !== label ? [escapeMarkdown(email)] : []),
    `$(${icon}) ${word}${reasonOf(account)}`,
    ...(windows.length === 0 ? [] : [windows.map((window) => windowLine(window, reader)).join('  \n')]),
    ...usageLines(account, reader),
    factsOf(account, reader).map(([name, value]) => `${name}: ${value}`).join('  \n'),
    ...(account.note === null ? [] : [`$(note) ${escapeMarkdown(account.note)}`]),
  ].join('\n\n');
}

function windowLine(window: AccountWindow, reader: Reader): string {
  const left = leftOf(window, reader.now);
  const told = [percentText(left), resetText(window, reader), paceText(window, reader)].filter((part) => part !== '');
  return `\`${bar(left)}\` ${escapeMarkdown(nameOf(window))}: ${told.join(' · ')}`;
}

/** What else is known of its usage, and why that may be old. */
function usageLines({ credits, resetCredits, usageAt, usageError }: Account, reader: Reader): string[] {
  const balance = creditsText(credits);
  const since = usageAt === null ? 'could not be read' : `not read since ${timeText(usageAt, reader)}`;
  return [
    ...(balance === null ? [] : [`Credits: ${escapeMarkdown(balance)}`]),
    ...(resetCredits === 0 ? [] : [resetsText(resetCredits)]),
    ...(usageError === null ? [] : [`$(warning) usage ${since}: ${escapeMarkdown(usageReasonText(usageError))}`]),
  ];
}

/** `1 reset can be redeemed` */
export function resetsText(count: number): string {
  return count === 1 ? '1 reset can be redeemed' : `${count} resets can be redeemed`;
}

type Fact = readonly [name: string, value: string];

/** The claims of its login and what was set on it. */
function factsOf(account: Account, reader: Reader): Fact[] {
  const { workspaceName, workspaceRole, chatgptAccountId, lastRefresh, tags, codexShared, reservePercent, proxy } = account;
  const workspace = [workspaceName, workspaceRole].filter((part) => part !== null).map(escapeMarkdown).join(', ');
  return [
    ...(workspace === '' ? [] : [['Workspace', workspace] as const]),
    ...(chatgptAccountId === null ? [] : [['Account id', escapeMarkdown(chatgptAccountId)] as const]),
    ['Login', loginOf(account, reader)],
    ...(lastRefresh === null ? [] : [['Last renewed', timeText(lastRefresh, reader)] as const]),
    ...(codexShared ? [['Codex CLI', 'kept in step with its auth\\.json on this computer'] as const] : []),
    ...(reservePercent === 0 ? [] : [['Kept for you', `the last ${reservePercent} % of each window`] as const]),
    ...(proxy === null ? [] : [['Proxy', escapeMarkdown(proxy)] as const]),
    ...(tags.length === 0 ? [] : [['Tags', tags.map((tag) => escapeMarkdown(`#${tag}`)).join(' ')] as const]),
  ];
}

function loginOf({ kind, tokenExpiresAt, status }: Account, reader: Reader): string {
  const until = tokenExpiresAt === null ? null : timeText(tokenExpiresAt, reader);
  const over = tokenExpiresAt !== null && tokenExpiresAt * 1000 <= reader.now;
  switch (kind) {
    case 'login': return status === 'needsLogin' ? 'no longer renews' : `renews by itself${until === null || over ? '' : `, next before ${until}`}`;
    case 'accessOnly': return until === null ? 'cannot be renewed' : `${over ? 'ended' : 'ends on'} ${until}, cannot be renewed`;
    case 'personalToken': return `personal access token${until === null ? '' : `, ${over ? 'ended' : 'ends on'} ${until}`}`;
  }
}

function reasonOf({ statusReason, status }: Account): string {
  if (statusReason === null) return '';
  return `: ${escapeMarkdown(stateReasonText(statusReason))}${status === 'needsLogin' ? '. Sign in again to use it.' : ''}`;
}
