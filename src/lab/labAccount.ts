import { randomBytes } from 'node:crypto';
import type { LabAccountSettings } from './options.ts';
import type { LabRefreshes } from './refreshDesk.ts';
import { mintJwt } from './jwt.ts';

export interface TokenSet { readonly id_token: string; readonly access_token: string; readonly refresh_token: string }

/** One login: every refresh token it ever had, of which only the last may be used. */
export interface TokenFamily { readonly account: LabAccount; current: string; dead: string | null; last: { readonly spent: string; readonly tokens: TokenSet } | null }

/** An answer of the usage endpoint; held until release() is called when it says so. */
export interface LabUsage { readonly status: number; readonly body: unknown; readonly hold?: boolean }

/** How often the issuer was asked for an API key, and with what status it refuses; null when it gives one. */
export interface LabApiKeys { asked: number; refuse: number | null }

/** An account with its windows and logins. */
export class LabAccount {
  readonly settings: LabAccountSettings;
  usedPercent: number;
  resetsAt: number;
  /** What the usage endpoint answers in the place of the truth; null for the truth. */
  usageOverride: LabUsage | null = null;
  /** Resets the account may redeem. */
  readonly resetCredits: { readonly id: string; status: string }[];
  /** Redemptions by their request id, so that a repeated one is the same. */
  readonly redeemed = new Map<string, string>();
  /** Set when the next refreshes are to be refused with this code. */
  refuseRefresh: string | null = null;
  readonly refreshes: LabRefreshes = { asked: 0, rotated: 0, ended: 0, lose: 0, hold: null, leeway: false };
  readonly apiKeys: LabApiKeys = { asked: 0, refuse: null };
  /** Access tokens that count as expired although their claim says otherwise. */
  readonly expired = new Set<string>();
  readonly #now: () => number;

  constructor(settings: LabAccountSettings, now: () => number) {
    this.settings = settings;
    this.usedPercent = settings.usedPercent;
    this.#now = now;
    this.resetCredits = Array.from({ length: settings.resetCredits }, (_, i) => ({ id: `credit-${i + 1}`, status: 'available' }));
    this.resetsAt = Math.floor(now() / 1000) + settings.resetsInSeconds;
  }

  /** New tokens; the refresh token is opaque, as the real ones are. */
  mint(): TokenSet {
    const { email, subject, chatgptAccountId, plan, accessLifetimeSeconds, workspaceName, workspaceRole } = this.settings;
    const iat = Math.floor(this.#now() / 1000);
    const auth = { chatgpt_account_id: chatgptAccountId, chatgpt_plan_type: plan, chatgpt_user_id: `user-${subject}` };
    const claims = { iss: 'lab', sub: subject, iat, jti: randomBytes(6).toString('hex'), 'https://api.openai.com/auth': auth };
    const organizations = [{ id: `org-${chatgptAccountId}`, is_default: true, role: workspaceRole, title: workspaceName }];
    return {
      id_token: mintJwt({ ...claims, aud: 'app', email, exp: iat + 3600, 'https://api.openai.com/auth': { ...auth, organizations } }),
      access_token: mintJwt({ ...claims, aud: 'api', 'https://api.openai.com/profile': { email }, exp: iat + accessLifetimeSeconds }),
      refresh_token: `rt_${randomBytes(16).toString('hex')}`,
    };
  }

  /** Charges one request; a window that has reset starts again. */
  charge(): void {
    this.#roll();
    this.usedPercent = Math.min(100, this.usedPercent + this.settings.costPercent);
  }

  get spent(): boolean {
    this.#roll();
    return this.usedPercent >= 100;
  }

  get resetsInSeconds(): number {
    return Math.max(0, this.resetsAt - Math.floor(this.#now() / 1000));
  }

  rateLimitHeaders(): Record<string, string> {
    return {
      'x-codex-primary-used-percent': String(this.usedPercent), 'x-codex-primary-window-minutes': '300', 'x-codex-primary-reset-at': String(this.resetsAt),
      'x-codex-secondary-used-percent': String(this.settings.weeklyPercent), 'x-codex-secondary-window-minutes': '10080', 'x-codex-secondary-reset-at': String(this.resetsAt + 300_000),
    };
  }

  /** Spends a reset, as `…/consume` does. */
  redeem(creditId: string, requestId: string): string {
    const before = this.redeemed.get(requestId);
    if (before !== undefined) return before === 'reset' ? 'already_redeemed' : before;
    const credit = this.resetCredits.find(({ id, status }) => id === creditId && status === 'available');
    const code = !credit ? 'no_credit' : this.usedPercent === 0 ? 'nothing_to_reset' : 'reset';
    if (credit && code === 'reset') {
      credit.status = 'redeemed';
      this.usedPercent = 0;
    }
    this.redeemed.set(requestId, code);
    return code;
  }

  /** The body of the usage endpoint. */
  usage(): unknown {
    this.#roll();
    const window = (used: number, seconds: number, reset: number): unknown => ({ used_percent: Math.round(used), limit_window_seconds: seconds, reset_after_seconds: Math.max(0, reset - Math.floor(this.#now() / 1000)), reset_at: reset });
    return {
      plan_type: this.settings.plan,
      rate_limit: { allowed: !this.spent, limit_reached: this.spent, primary_window: window(this.usedPercent, 18_000, this.resetsAt), secondary_window: window(this.settings.weeklyPercent, 604_800, this.resetsAt + 300_000) },
      credits: { has_credits: false, unlimited: false, balance: '0' }, additional_rate_limits: [], rate_limit_reset_credits: { available_count: this.resetCredits.filter(({ status }) => status === 'available').length }, spend_control: { reached: false }, rate_limit_reached_type: null,
    };
  }

  #roll(): void {
    if (this.resetsInSeconds > 0) return;
    this.usedPercent = 0;
    this.resetsAt = Math.floor(this.#now() / 1000) + 18_000;
  }
}
