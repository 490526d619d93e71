import * as z from 'zod/mini';

export const AccountId = z.string().check(z.minLength(1)).brand<'AccountId'>();
export type AccountId = z.infer<typeof AccountId>;

/** The one closed list of account states; UI words map from it. */
export const AccountStatus = z.enum(['ready', 'low', 'exhausted', 'coolingDown', 'needsLogin', 'blocked', 'disabled', 'unavailable', 'unknown']);
export type AccountStatus = z.infer<typeof AccountStatus>;

/**
 * One rate-limit window of an account, as last heard from the provider. Percentages 0-100, times in Unix seconds. `account`: it limits everything the
 * account does; `extra`: one feature or model.
 */
export const UsageWindow = z.object({
  name: z.string(),
  minutes: z.nullable(z.number()),
  usedPercent: z.number(),
  resetsAt: z.nullable(z.number()),
  scope: z._default(z.enum(['account', 'extra']), 'account'),
});
export type UsageWindow = z.infer<typeof UsageWindow>;

/** What a window will do at the pace of the last hours: percent an hour, and when it is empty (Unix s), null when it lasts until it resets or nobody knows. */
export const WindowForecast = z.object({ perHour: z.number(), emptyAt: z.nullable(z.number()) });
export type WindowForecast = z.infer<typeof WindowForecast>;

/** A window as people see it. */
export const AccountWindow = z.extend(UsageWindow, { forecast: z._default(z.nullable(WindowForecast), null) });
export type AccountWindow = z.infer<typeof AccountWindow>;

/** Bought credits, as the provider words the balance. */
export const Credits = z.object({ hasCredits: z.boolean(), unlimited: z.boolean(), balance: z.nullable(z.string()) });
export type Credits = z.infer<typeof Credits>;

/** `login`: renewed by its refresh token; `accessOnly`: ends with its access token; `personalToken`: an `at-…` token, which is never renewed. */
export const AccountKind = z.enum(['login', 'accessOnly', 'personalToken']);
export type AccountKind = z.infer<typeof AccountKind>;

const optionalText = z._default(z.nullable(z.string()), null);
const optionalTime = z._default(z.nullable(z.number()), null);

/**
 * An account as `account/list` shows it: the original's `id, label, groupName, sort` plus ours. Never a token. Times in Unix seconds. What was added
 * later has a default, so that a window can read an older leader.
 */
export const Account = z.object({
  id: AccountId,
  label: z.string(),
  groupName: z.nullable(z.string()),
  sort: z.number(),
  email: z.nullable(z.string()),
  plan: z.nullable(z.string()),
  enabled: z.boolean(),
  status: AccountStatus,
  statusReason: z.nullable(z.string()),
  availableAt: z.nullable(z.number()),
  windows: z.array(AccountWindow),
  /** Only one window of its own is known: the others may be spent, or not exist. */
  singleWindow: z._default(z.boolean(), false),
  credits: z._default(z.nullable(Credits), null),
  /** Resets of a spent window that a person may redeem. */
  resetCredits: z._default(z.number(), 0),
  /** When its windows were last heard of. */
  usageAt: optionalTime,
  /** Why reading its usage failed last; null when it did not. */
  usageError: optionalText,
  kind: z._default(AccountKind, 'login'),
  tags: z._default(z.array(z.string()), []),
  note: optionalText,
  chatgptAccountId: optionalText,
  workspaceName: optionalText,
  workspaceRole: optionalText,
  createdAt: z._default(z.number(), 0),
  tokenExpiresAt: optionalTime,
  lastRefresh: optionalTime,
  /** Codex CLI's own `auth.json` on this computer is kept in step with this login. */
  codexShared: z._default(z.boolean(), false),
  /** Percent of each window that the person keeps from the gateway. */
  reservePercent: z._default(z.number(), 0),
  /** How this account is reached when not as everybody: a proxy's URL, its password replaced. */
  proxy: optionalText,
});
export type Account = z.infer<typeof Account>;
