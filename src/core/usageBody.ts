import * as z from 'zod/mini';
import type { UsageWindow } from '../contract/account.ts';
import { windowOf, type UsageReading } from './usageWindows.ts';

/** A part that cannot be read counts as not told: one odd field must not hide the windows beside it. */
const number = z.optional(z.catch(z.nullable(z.number()), null));
const text = z.optional(z.catch(z.nullable(z.string()), null));
const flag = z.optional(z.catch(z.nullable(z.boolean()), null));
const Wire = z.optional(z.catch(z.nullable(z.looseObject({
  used_percent: z.number(), limit_window_seconds: number, window_minutes: number, reset_after_seconds: number, reset_at: number,
})), null));
/** The usage endpoint says `primary_window`, the stream's event `primary`. */
const Limit = z.optional(z.catch(z.nullable(z.looseObject({ allowed: flag, limit_reached: flag, primary_window: Wire, secondary_window: Wire, primary: Wire, secondary: Wire })), null));
const Balance = z.optional(z.catch(z.nullable(z.union([z.string(), z.number()])), null));
const Told = z.looseObject({
  plan_type: text,
  rate_limit: Limit,
  rate_limits: Limit,
  code_review_rate_limit: Limit,
  code_review_rate_limits: Limit,
  additional_rate_limits: z.optional(z.catch(z.nullable(z.array(z.looseObject({ limit_name: text, metered_feature: text, rate_limit: Limit }))), null)),
  credits: z.optional(z.catch(z.nullable(z.looseObject({ has_credits: flag, unlimited: flag, balance: Balance })), null)),
  rate_limit_reset_credits: z.optional(z.catch(z.nullable(z.looseObject({ available_count: number })), null)),
  metered_limit_name: text,
  limit_name: text,
});
type Told = z.infer<typeof Told>;
type Limit = z.infer<typeof Limit>;

/** The answer of the usage endpoint (`wham/usage`, `api/codex/usage`); null when it is no such answer. `now` in Unix ms. Never throws. */
export function readUsageBody(body: unknown, now: number): UsageReading | null {
  const told = Told.safeParse(body).data;
  if (!told || (told.plan_type === undefined && told.rate_limit === undefined)) return null;
  const windows = windowsOf(told.rate_limit, null, now);
  windows.push(...windowsOf(told.code_review_rate_limit ?? told.code_review_rate_limits, 'Code review', now));
  for (const { limit_name, metered_feature, rate_limit } of told.additional_rate_limits ?? []) windows.push(...windowsOf(rate_limit, limit_name ?? metered_feature ?? 'Extra', now));
  return reading(told, windows, told.rate_limit, true);
}

/** A `codex.rate_limits` event of a stream or WebSocket; null when it says nothing. It speaks of the account, or of the limit it names. Never throws. */
export function readUsageEvent(event: unknown, now: number): UsageReading | null {
  const told = Told.safeParse(event).data;
  if (!told?.rate_limits) return null;
  const limit = told.metered_limit_name ?? told.limit_name ?? null;
  const label = limit === null || limit.toLowerCase() === 'codex' ? null : limit;
  const windows = windowsOf(told.rate_limits, label, now);
  windows.push(...windowsOf(told.code_review_rate_limits ?? told.code_review_rate_limit, 'Code review', now));
  return reading(told, windows, label === null ? told.rate_limits : null, false);
}

function reading(told: Told, windows: readonly UsageWindow[], own: Limit, complete: boolean): UsageReading {
  const { credits } = told;
  return {
    windows,
    plan: told.plan_type || null,
    credits: credits ? { hasCredits: credits.has_credits === true, unlimited: credits.unlimited === true, balance: credits.balance === null || credits.balance === undefined ? null : String(credits.balance) } : null,
    resetCredits: told.rate_limit_reset_credits?.available_count ?? null,
    allowed: own?.limit_reached === true ? false : (own?.allowed ?? null),
    complete,
  };
}

function windowsOf(limit: Limit, label: string | null, now: number): UsageWindow[] {
  const wires = [limit?.primary_window ?? limit?.primary, limit?.secondary_window ?? limit?.secondary];
  return wires.flatMap((wire) => {
    if (!wire) return [];
    const seconds = wire.limit_window_seconds ?? (typeof wire.window_minutes === 'number' ? wire.window_minutes * 60 : null);
    if (wire.used_percent === 0 && !seconds && !wire.reset_at && !wire.reset_after_seconds) return [];
    return [windowOf({ usedPercent: wire.used_percent, seconds, resetAt: wire.reset_at ?? null, resetAfter: wire.reset_after_seconds ?? null }, label, now)];
  });
}
