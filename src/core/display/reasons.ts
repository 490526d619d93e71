/** Machine-like words of engine and provider, in words that go on behind a colon. */

const states: Readonly<Record<string, string>> = {
  reserved: 'the gateway leaves it alone until its window resets',
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

const readings: Readonly<Record<string, string>> = {
  needs_login: 'it needs you to sign in again first',
  account_deleted: 'it was deleted',
  unreadable_answer: 'the provider\'s answer could not be read',
  http_401: 'the provider does not take its login',
  http_403: 'the provider refuses it',
  http_404: 'the provider does not know its usage',
  http_429: 'the provider was asked too often',
  cancelled: 'it was cancelled',
  stopping: 'the engine ended',
  network_error: 'the provider could not be reached',
};

/** Why an account is in the state it is in; what we have no words for as it came. */
export function stateReasonText(reason: string): string {
  return states[reason] ?? reason;
}

/** Why an account's usage could not be read; what we have no words for as it came. */
export function usageReasonText(reason: string): string {
  const words = readings[reason];
  if (words !== undefined) return words;
  const status = /^http_(\d+)$/.exec(reason)?.[1];
  if (status !== undefined) return Number(status) >= 500 ? `the provider is in trouble (${status})` : `the provider answered ${status}`;
  if (/^E[A-Z]+$|^UND_ERR_|^CERT_|_CERT/.test(reason)) return `the provider could not be reached (${reason})`;
  return stateReasonText(reason);
}
