const known: Readonly<Record<string, string>> = {
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

/** Why an account's usage could not be read, in words that go on behind a colon. What we have no words for is told as it came. */
export function usageReasonText(reason: string): string {
  const words = known[reason];
  if (words !== undefined) return words;
  const status = /^http_(\d+)$/.exec(reason)?.[1];
  if (status !== undefined) return Number(status) >= 500 ? `the provider is in trouble (${status})` : `the provider answered ${status}`;
  if (/^E[A-Z]+$|^UND_ERR_|^CERT_|_CERT/.test(reason)) return `the provider could not be reached (${reason})`;
  return loginReasonText(reason) ?? reason;
}

const logins: Readonly<Record<string, string>> = {
  refresh_token_reused: 'its refresh token was used elsewhere',
  refresh_token_expired: 'its refresh token has expired',
  refresh_token_invalidated: 'its refresh token was revoked',
  invalid_grant: 'its login is no longer valid',
  no_refresh_token: 'its access token has ended and cannot be renewed',
};

/** Why a login no longer works; null when we have no words for it. */
export function loginReasonText(reason: string): string | null {
  return logins[reason] ?? null;
}
