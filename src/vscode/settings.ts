import * as z from 'zod/mini';
import { settings } from './ids.ts';

/** What the engine is told by a window's settings. A change starts it anew. */
export interface Settings {
  readonly port: number;
  /** Empty: the provider's own. */
  readonly upstreamBaseUrl: string;
  /** Under so much left, in percent, an account counts as low. */
  readonly lowPercent: number;
  readonly pollSeconds: number;
  /** Also while nobody looks and nothing is sent. */
  readonly pollWhenIdle: boolean;
}

export const defaultSettings: Settings = { port: 48_760, upstreamBaseUrl: '', lowPercent: 15, pollSeconds: 600, pollWhenIdle: false };

/** Names of the settings behind `Settings`. */
export const engineSettings = [settings.port, settings.upstream, settings.lowPercent, settings.pollSeconds, settings.pollWhenIdle] as const;

/** The part of a WorkspaceConfiguration that is needed, so that a test can pass an object. */
export interface ReadsSettings { get(name: string): unknown }

type Complain = (message: string) => void;

/** A value that cannot be is the default, and `complain` hears which setting it was. */
export function readSettings(configuration: ReadsSettings, complain: Complain): Settings {
  const upstream = z.string().safeParse(configuration.get(settings.upstream) ?? '');
  const url = upstream.data?.trim() ?? '';
  const usable = upstream.success && (url === '' || (/^https?:\/\//i.test(url) && URL.canParse(url)));
  if (!usable) complain(`The setting ${settings.section}.${settings.upstream} is not an http or https address; the provider's own is used.`);
  const whole = (name: string, least: number, most: number, otherwise: number): number => readWhole(configuration, name, { least, most, otherwise }, complain);
  return {
    port: whole(settings.port, 1, 65_535, defaultSettings.port),
    upstreamBaseUrl: usable ? url : '',
    lowPercent: whole(settings.lowPercent, 1, 90, defaultSettings.lowPercent),
    pollSeconds: whole(settings.pollSeconds, 30, 86_400, defaultSettings.pollSeconds),
    pollWhenIdle: configuration.get(settings.pollWhenIdle) === true,
  };
}

function readWhole(configuration: ReadsSettings, name: string, { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number }, complain: Complain): number {
  const read = z.int().check(z.minimum(least), z.maximum(most)).safeParse(configuration.get(name) ?? otherwise);
  if (!read.success) complain(`The setting ${settings.section}.${name} must be a whole number from ${least} to ${most}; ${otherwise} is used.`);
  return read.data ?? otherwise;
}

/** The engine's variables: those of this process win over settings, and what nobody set is left to the engine. */
export function engineVariables({ port, upstreamBaseUrl, lowPercent, pollSeconds, pollWhenIdle }: Settings, environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables: Record<string, string> = { CODEXMANAGER_SERVICE_ADDR: `localhost:${port}` };
  if (upstreamBaseUrl !== '') variables['CODEXMANAGER_UPSTREAM_BASE_URL'] = upstreamBaseUrl;
  if (lowPercent !== defaultSettings.lowPercent) variables['CODEXMANAGER_LOW_PERCENT'] = String(lowPercent);
  if (pollSeconds !== defaultSettings.pollSeconds) variables['CODEXMANAGER_USAGE_POLL_INTERVAL_SECS'] = String(pollSeconds);
  if (pollWhenIdle) variables['CODEXMANAGER_USAGE_POLL_WHEN_IDLE'] = 'true';
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('CODEXMANAGER_') && value !== undefined && value.trim() !== '') variables[name] = value;
  }
  return variables;
}

/** What the status bar shows. */
export const StatusShow = z.enum(['current', 'tightest', 'pool', 'hidden']);
export type StatusShow = z.infer<typeof StatusShow>;
export const defaultShow: StatusShow = 'current';

export function readStatusShow(configuration: ReadsSettings): StatusShow {
  return StatusShow.safeParse(configuration.get(settings.statusBarShow)).data ?? defaultShow;
}

/** What a person wants to be told of accounts without having asked. */
export interface WantedNotices { readonly low: boolean; readonly exhausted: boolean; readonly back: boolean; readonly signIn: boolean }
export const defaultNotices: WantedNotices = { low: false, exhausted: true, back: false, signIn: true };

export const defaultKeyBudgetNotice = true;

/** Whether a person wants to hear that a budget of a platform key is nearly used. */
export function readKeyBudgetNotice(configuration: ReadsSettings): boolean {
  return z.boolean().safeParse(configuration.get(settings.notifyKeyBudget)).data ?? defaultKeyBudgetNotice;
}

export function readNotices(configuration: ReadsSettings): WantedNotices {
  const flag = (name: string, otherwise: boolean): boolean => z.boolean().safeParse(configuration.get(name)).data ?? otherwise;
  return {
    low: flag(settings.notifyLow, defaultNotices.low), exhausted: flag(settings.notifyExhausted, defaultNotices.exhausted),
    back: flag(settings.notifyBack, defaultNotices.back), signIn: flag(settings.notifySignIn, defaultNotices.signIn),
  };
}
