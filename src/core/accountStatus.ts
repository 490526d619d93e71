import type { Account, AccountKind, AccountStatus } from '../contract/account.ts';
import type { StoredAccount, TokenRecord } from './records.ts';
import type { WindowSample } from './usageForecast.ts';
import { availabilityOf, defaultLowPercent, ownWindows, type Availability } from './availability.ts';
import { shownProxy } from './proxyUrl.ts';
import { forecastOf } from './usageForecast.ts';

export interface StatusOf {
  readonly status: AccountStatus;
  readonly reason: string | null;
  /** Unix seconds, when it comes back by itself. */
  readonly availableAt: number | null;
}

/** The state of an account as the RPC words it. `now` in Unix ms. */
export function accountStatus(stored: StoredAccount, now: number, lowPercent: number = defaultLowPercent): StatusOf {
  const availability = availabilityOf(stored, now, lowPercent);
  const { until, reason } = availability;
  return { status: statusOf(availability), reason, availableAt: until === null ? null : Math.ceil(until / 1000) };
}

function statusOf({ kind, until, reason }: Availability): AccountStatus {
  switch (kind) {
    case 'available':
    case 'singleWindow': return 'ready';
    case 'unavailable': return until === null || reason === 'reserved' ? 'unavailable' : 'coolingDown';
    default: return kind;
  }
}

/** What the view of an account takes from elsewhere. */
export interface ViewContext {
  readonly lowPercent: number;
  /** What was heard of a window before, oldest first. */
  readonly samplesOf: (window: string) => readonly WindowSample[];
}

const nothingElse: ViewContext = { lowPercent: defaultLowPercent, samplesOf: () => [] };

/** An account as clients of the RPC see it. `now` in Unix ms. */
export function accountView(stored: StoredAccount, now: number, { lowPercent, samplesOf }: ViewContext = nothingElse): Account {
  const { id, label, groupName, sort, email, plan, enabled, tags, note, chatgptAccountId, workspaceName, workspaceRole, createdAt, codexShared, reservePercent, proxyUrl } = stored.account;
  const { accessExpiresAt, lastRefresh } = stored.tokens;
  const { windows, windowsAt, credits, resetCredits, usageError } = stored.state;
  const { status, reason, availableAt } = accountStatus(stored, now, lowPercent);
  return {
    id, label, groupName, sort, email, plan, enabled, status, statusReason: reason, availableAt, kind: kindOf(stored.tokens),
    windows: windows.map((window) => ({ ...window, forecast: forecastOf(samplesOf(window.name), window, now) })),
    singleWindow: ownWindows(windows).length === 1, credits, resetCredits, usageAt: windowsAt > 0 ? Math.floor(windowsAt / 1000) : null, usageError,
    tags: [...tags], note, chatgptAccountId, workspaceName, workspaceRole, createdAt, codexShared, reservePercent, tokenExpiresAt: accessExpiresAt,
    lastRefresh: lastRefresh > 0 ? lastRefresh : null, proxy: proxyUrl === null ? null : shownProxy(proxyUrl),
  };
}

function kindOf({ accessToken, refreshToken }: TokenRecord): AccountKind {
  if (refreshToken !== null) return 'login';
  return accessToken.startsWith('at-') ? 'personalToken' : 'accessOnly';
}
