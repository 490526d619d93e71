import * as z from 'zod/mini';
import { RouteStrategy } from './route.ts';

/** The largest value of each setting that is a number; the least is 0. */
export const mostOfSetting = {
  accountMaxInflight: 10_000, requestGateWaitMs: 60_000, waitBudgetMs: 3_600_000, retryMaxAttempts: 1_000, retryMaxMs: 86_400_000, routeHealthOrderedWindow: 1_000,
  routeHealthBalancedWindow: 1_000, routeStateTtlSeconds: 31_536_000, routeStateCapacity: 50_000,
  logRetentionDays: 36_500, logRetentionRows: 1_000_000,
} as const;
const whole = (name: keyof typeof mostOfSetting) => z.int().check(z.minimum(0), z.maximum(mostOfSetting[name]));

/** What a person decides about routing, failover and the log. Every change counts for the next request; streams under way go on as they began. */
export const Settings = z.object({
  routeStrategy: RouteStrategy,
  /** Requests an account runs at the same time before others are asked; 0 = any number. */
  accountMaxInflight: whole('accountMaxInflight'),
  /** How long a request waits for another one of the same key, path and model to end, ms; 0 = not at all. It goes on then in any case. */
  requestGateWaitMs: whole('requestGateWaitMs'),
  /** How long a request may wait for an account to come back, ms. */
  waitBudgetMs: whole('waitBudgetMs'),
  /** Failed attempts of one request, not counting accounts that turned out to be spent or closed; 0 = any number. */
  retryMaxAttempts: whole('retryMaxAttempts'),
  /** After so long, ms, a request begins no further attempt; 0 = no limit. */
  retryMaxMs: whole('retryMaxMs'),
  /** Among the first accounts the healthier one of two is asked. */
  routeHealthP2c: z.boolean(),
  /** Among so many of the first accounts, for `ordered` and for the other strategies; 1 = the order alone. */
  routeHealthOrderedWindow: whole('routeHealthOrderedWindow'),
  routeHealthBalancedWindow: whole('routeHealthBalancedWindow'),
  /** A conversation's account, and where `balanced` stands, is forgotten after so long without use, seconds; 0 = never. */
  routeStateTtlSeconds: whole('routeStateTtlSeconds'),
  /** So many conversations are remembered, the newest; 0 = as many as there is room for. */
  routeStateCapacity: whole('routeStateCapacity'),
  /** Requests are kept in the log for so many days, and so many of them, the newest; 0 = without a limit. */
  logRetentionDays: whole('logRetentionDays'),
  logRetentionRows: whole('logRetentionRows'),
});
export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

/** A name that does not exist is refused, not passed over. */
export const SettingsChange = z.strictObject(z.partial(Settings).shape);
export type SettingsChange = { readonly [N in SettingName]?: Settings[N] | undefined };

/** `locked`: settings that a variable of the leading process decides, and which. */
export const SettingsState = z.object({ settings: Settings, locked: z.array(z.object({ name: z.string(), variable: z.string() })) });
export type SettingsState = z.infer<typeof SettingsState>;
