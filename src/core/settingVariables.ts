import { mostOfSetting, type SettingName, type Settings } from '../contract/settings.ts';
import { RouteStrategy } from '../contract/route.ts';

/** What holds when neither a variable nor a person decided otherwise. */
export const defaultSettings: Settings = {
  routeStrategy: 'ordered', accountMaxInflight: 0,
  // CodexManager v0.1.3 waits 300 ms, which delays the parallel requests of one key for nothing.
  requestGateWaitMs: 0,
  waitBudgetMs: 20_000, retryMaxAttempts: 16, retryMaxMs: 600_000,
  routeHealthP2c: true, routeHealthOrderedWindow: 3, routeHealthBalancedWindow: 6, routeStateTtlSeconds: 21_600, routeStateCapacity: 4_096,
  logRetentionDays: 30, logRetentionRows: 200_000,
};

/** Each setting's variable, without `CODEXMANAGER_`: the original's names (behaviour reference 14), and ours in the same style. */
export const settingVariables: Readonly<Record<SettingName, string>> = {
  routeStrategy: 'ROUTE_STRATEGY', accountMaxInflight: 'ACCOUNT_MAX_INFLIGHT', requestGateWaitMs: 'REQUEST_GATE_WAIT_TIMEOUT_MS',
  waitBudgetMs: 'WAIT_BUDGET_MS', retryMaxAttempts: 'RETRY_MAX_ATTEMPTS', retryMaxMs: 'RETRY_MAX_MS',
  routeHealthP2c: 'ROUTE_HEALTH_P2C_ENABLED', routeHealthOrderedWindow: 'ROUTE_HEALTH_P2C_ORDERED_WINDOW', routeHealthBalancedWindow: 'ROUTE_HEALTH_P2C_BALANCED_WINDOW',
  routeStateTtlSeconds: 'ROUTE_STATE_TTL_SECS', routeStateCapacity: 'ROUTE_STATE_CAPACITY',
  logRetentionDays: 'LOG_RETENTION_DAYS', logRetentionRows: 'LOG_RETENTION_ROWS',
};

const strategies: Readonly<Record<string, RouteStrategy>> = { order: 'ordered', priority: 'ordered', sequential: 'ordered', round_robin: 'balanced', 'round-robin': 'balanced', rr: 'balanced' };

/** A strategy by any of its names, in any case; null when there is none of that name. */
export function readStrategy(name: string): RouteStrategy | null {
  const known = name.trim().toLowerCase();
  return strategies[known] ?? RouteStrategy.safeParse(known).data ?? null;
}

type Read = (variable: string) => string | null;

/** The settings that variables decide. `read` answers a variable's trimmed text, null when it is unset or blank. What is no value of its kind decides nothing. */
export function variableSettings(read: Read): Partial<Settings> {
  const decided: Partial<Record<SettingName, unknown>> = {};
  for (const [name, variable] of Object.entries(settingVariables) as [SettingName, string][]) {
    const text = read(variable);
    const value = text === null ? undefined : valueOf(name, text);
    if (value !== undefined) decided[name] = value;
  }
  return decided as Partial<Settings>; // each value is of its default's type
}

function valueOf(name: SettingName, text: string): string | number | boolean | undefined {
  // An unknown strategy is the default one, as in the original.
  if (name === 'routeStrategy') return readStrategy(text) ?? defaultSettings.routeStrategy;
  if (typeof defaultSettings[name] === 'boolean') return flagOf(text);
  return /^\d{1,15}$/.test(text) ? Math.min(Number(text), mostOfSetting[name as keyof typeof mostOfSetting]) : undefined;
}

/** `true` and `false` by any of their names; undefined for anything else. */
export function flagOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off'].includes(word) ? false : undefined;
}
