import type { AccountId, Credits, UsageWindow } from '../contract/account.ts';
import type { KeyId, KeyLimits, ProtocolType } from '../contract/platformKey.ts';
import type { RequestLogItem } from '../contract/requestLog.ts';

/** Who an account is. Identity = subject + ChatGPT account id (workspace); `id` is ours and stable. Times in Unix seconds. */
export interface AccountRecord {
  readonly id: AccountId;
  readonly subject: string;
  readonly chatgptAccountId: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  readonly label: string;
  readonly groupName: string | null;
  readonly sort: number;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly workspaceName: string | null;
  readonly workspaceRole: string | null;
  /** The person agreed that renewed tokens are written back to Codex CLI's `auth.json` while it holds this login. */
  readonly codexShared: boolean;
  /** Of each window the person keeps so much, in percent: the gateway leaves it alone. 0 = nothing. */
  readonly reservePercent: number;
  /** How this account is reached, in clear: a proxy's URL may hold a password. Encrypted inside storage; null: as everybody. */
  readonly proxyUrl: string | null;
}

/** What a person sets about an account: kept by every later login and import, carried by exports and backups. */
export type PersonSet = Pick<AccountRecord, 'label' | 'groupName' | 'sort' | 'tags' | 'note' | 'enabled' | 'reservePercent' | 'proxyUrl'>;

/** An account's credentials, in clear: encrypted only inside storage. `accessExpiresAt` is the JWT's `exp` (Unix s), null when opaque. */
export interface TokenRecord {
  readonly idToken: string | null;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** A real OpenAI platform key (`sk-…`), used only for the platform fallback. */
  readonly apiKey: string | null;
  readonly accessExpiresAt: number | null;
  readonly lastRefresh: number;
  /** Lowercase hex SHA-256 of the refresh token this one replaced, so that a file that still holds that one is known to be behind us. */
  readonly replacedHash: string | null;
}

/** What was learnt about an account's willingness. All `…Until` are Unix milliseconds, 0 = not. Survives a restart. */
export interface AccountState {
  readonly needsLogin: string | null;
  readonly blocked: string | null;
  readonly exhaustedUntil: number;
  readonly coolUntil: number;
  readonly coolReason: string | null;
  /** How many steps of each cooldown ladder were taken since the last success. */
  readonly challengeSteps: number;
  readonly rateSteps: number;
  readonly failureSteps: number;
  /** Failures in a row in requests that another account then answered. */
  readonly failuresInRow: number;
  /** Model slug → Unix ms until which this account is ineligible for it. */
  readonly modelBlocks: Readonly<Record<string, number>>;
  /** Last heard rate-limit windows. */
  readonly windows: readonly UsageWindow[];
  /** Unix ms they were heard at, 0 = never. */
  readonly windowsAt: number;
  /** Unix ms at which `exhaustedUntil` was learnt: what was read before it says nothing about it. */
  readonly exhaustedAt: number;
  readonly credits: Credits | null;
  readonly resetCredits: number;
  /** Why reading the usage failed last. */
  readonly usageError: string | null;
  /** Unix ms until which the issuer is not asked again for an API key of the OpenAI platform, because it refused. */
  readonly apiKeyRefusedUntil: number;
  /** Lowercase hex SHA-256 of the refresh token that Codex CLI's `auth.json` was last seen to share with this account; null when it never did. */
  readonly codexTokenHash: string | null;
}

export const freshState: AccountState = {
  needsLogin: null, blocked: null, exhaustedUntil: 0, coolUntil: 0, coolReason: null,
  challengeSteps: 0, rateSteps: 0, failureSteps: 0, failuresInRow: 0, modelBlocks: {}, windows: [], windowsAt: 0, exhaustedAt: 0, credits: null, resetCredits: 0, usageError: null,
  apiKeyRefusedUntil: 0, codexTokenHash: null,
};

/** A stored account, whole. */
export interface StoredAccount {
  readonly account: AccountRecord;
  readonly tokens: TokenRecord;
  readonly state: AccountState;
}

/** A platform key. `hash` is the lowercase hex SHA-256 of the key text; the text itself stays in storage, encrypted. */
export interface KeyRecord {
  readonly id: KeyId;
  readonly name: string | null;
  readonly hash: string;
  readonly enabled: boolean;
  readonly protocolType: ProtocolType;
  readonly modelSlug: string | null;
  readonly reasoningEffort: string | null;
  /** Only accounts of these groups ('' = of none), and of these plans, may serve it; null: all. */
  readonly accountGroups: readonly string[] | null;
  readonly accountPlans: readonly string[] | null;
  readonly note: string | null;
  /** Null when it has none at all: a request asks no more than that. */
  readonly limits: KeyLimits | null;
  /** Unix seconds; from then on it is refused. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** What a person sets about a key. */
export type KeySet = Pick<KeyRecord, 'name' | 'note' | 'modelSlug' | 'reasoningEffort' | 'protocolType' | 'accountGroups' | 'accountPlans' | 'limits' | 'expiresAt'>;

/** A request-log row before it has an id. */
export type RequestLogRow = Omit<RequestLogItem, 'id'>;

/** Something upstream gave out that only the account it came from can read. */
export interface Binding {
  /** What the hash is of: an encrypted item, an `x-codex-turn-state`, a response's id, or a conversation's name. */
  readonly kind: 'encrypted' | 'turnState' | 'response' | 'conversation';
  /** Lowercase hex SHA-256. */
  readonly hash: string;
  readonly accountId: AccountId;
  /** Unix ms it was last seen; the oldest are dropped first. */
  readonly seenAt: number;
}

/** An account's windows as they were heard at `at` (Unix ms). */
export interface UsageSample { readonly accountId: AccountId; readonly at: number; readonly windows: readonly UsageWindow[] }
