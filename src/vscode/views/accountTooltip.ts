import type { Account } from '../../contract/account.ts';
import { leftOf, lookOf } from '../../core/display/accountState.ts';
import { bar, escapeMarkdown, percentText, timeText, windowName, type Reader } from '../../core/display/format.ts';

/** Everything known about an account, as Markdown; all text of others is escaped. */
export function accountTooltip(account: Account, reader: Reader): string {
  const { word, icon } = lookOf(account.status);
  const { label, plan, email, windows } = account;
  return [
    `**${escapeMarkdown(label)}**${plan === null ? '' : ` · ${escapeMarkdown(plan)}`}`,
    ...(email !== null && email !== label ? [escapeMarkdown(email)] : []),
    `$(${icon}) ${word}${reasonOf(account)}`,
    ...windows.map((window) => {
      const left = leftOf(window, reader.now);
      return `${escapeMarkdown(windowName(window))}: \`${bar(left)}\` ${percentText(left)}${window.resetsAt === null ? '' : ` · resets ${timeText(window.resetsAt, reader)}`}`;
    }),
    factsOf(account, reader).map(([name, value]) => `${name}: ${value}`).join('  \n'),
    ...(account.note === null ? [] : [`$(note) ${escapeMarkdown(account.note)}`]),
  ].join('\n\n');
}

type Fact = readonly [name: string, value: string];

/** The claims of its login and what was set on it. */
function factsOf(account: Account, reader: Reader): Fact[] {
  const { workspaceName, workspaceRole, chatgptAccountId, lastRefresh, tags, codexShared } = account;
  const workspace = [workspaceName, workspaceRole].filter((part) => part !== null).map(escapeMarkdown).join(', ');
  return [
    ...(workspace === '' ? [] : [['Workspace', workspace] as const]),
    ...(chatgptAccountId === null ? [] : [['Account id', escapeMarkdown(chatgptAccountId)] as const]),
    ['Login', loginOf(account, reader)],
    ...(lastRefresh === null ? [] : [['Last renewed', timeText(lastRefresh, reader)] as const]),
    ...(codexShared ? [['Codex CLI', 'kept in step with its auth\\.json on this computer'] as const] : []),
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

const reasons: Readonly<Record<string, string>> = {
  usage_limit_reached: 'its usage limit is reached',
  refresh_token_reused: 'its refresh token was used elsewhere',
  refresh_token_expired: 'its refresh token has expired',
  refresh_token_invalidated: 'its refresh token was revoked',
  invalid_grant: 'its login is no longer valid',
  no_refresh_token: 'its access token has ended and cannot be renewed',
  account_deactivated: 'the provider has closed this account',
  user_deactivated: 'the provider has closed this account',
  account_suspended: 'the provider has suspended this account',
  deactivated_workspace: 'its workspace was closed',
  workspace_deactivated: 'its workspace was closed',
  workspace_suspended: 'its workspace is suspended',
  no_access: 'its workspace gives it no access',
  account_access_denied: 'the provider refuses it',
  workspace_access_denied: 'its workspace gives it no access',
  access_denied: 'the provider refuses it',
};

function reasonOf({ statusReason, status }: Account): string {
  if (statusReason === null) return '';
  return `: ${reasons[statusReason] ?? escapeMarkdown(statusReason)}${status === 'needsLogin' ? '. Sign in again to use it.' : ''}`;
}
