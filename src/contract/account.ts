import * as z from 'zod/mini';

export const AccountId = z.string().check(z.minLength(1)).brand<'AccountId'>();
export type AccountId = z.infer<typeof AccountId>;

/** The one closed list of account states; UI words map from it. */
export const AccountStatus = z.enum(['ready', 'low', 'exhausted', 'coolingDown', 'needsLogin', 'blocked', 'disabled', 'unavailable', 'unknown']);
export type AccountStatus = z.infer<typeof AccountStatus>;

/** One rate-limit window of an account, as last heard from the provider. Percentages 0-100, times in Unix seconds. */
export const UsageWindow = z.object({
  name: z.string(),
  minutes: z.nullable(z.number()),
  usedPercent: z.number(),
  resetsAt: z.nullable(z.number()),
});
export type UsageWindow = z.infer<typeof UsageWindow>;

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
  windows: z.array(UsageWindow),
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
});
export type Account = z.infer<typeof Account>;
