import * as z from 'zod/mini';
import { settings } from './ids.ts';

/** What a window's settings say. */
export interface Settings {
  readonly port: number;
  /** Empty: the provider's own. */
  readonly upstreamBaseUrl: string;
}

const Port = z.int().check(z.minimum(1), z.maximum(65_535));
export const defaultSettings: Settings = { port: 48_760, upstreamBaseUrl: '' };

/** The part of a WorkspaceConfiguration that is needed, so that a test can pass an object. */
export interface ReadsSettings { get(name: string): unknown }

/** A value that cannot be is the default, and `complain` hears which setting it was. */
export function readSettings(configuration: ReadsSettings, complain: (message: string) => void): Settings {
  const port = Port.safeParse(configuration.get(settings.port) ?? defaultSettings.port);
  const upstream = z.string().safeParse(configuration.get(settings.upstream) ?? '');
  if (!port.success) complain(`The setting ${settings.section}.${settings.port} must be a whole number from 1 to 65535; ${defaultSettings.port} is used.`);
  const url = upstream.data?.trim() ?? '';
  const usable = upstream.success && (url === '' || (/^https?:\/\//i.test(url) && URL.canParse(url)));
  if (!usable) complain(`The setting ${settings.section}.${settings.upstream} is not an http or https address; the provider's own is used.`);
  return { port: port.data ?? defaultSettings.port, upstreamBaseUrl: usable ? url : '' };
}

/** The engine's variables: those of this process win over settings. */
export function engineVariables({ port, upstreamBaseUrl }: Settings, environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables: Record<string, string> = { CODEXMANAGER_SERVICE_ADDR: `localhost:${port}` };
  if (upstreamBaseUrl !== '') variables['CODEXMANAGER_UPSTREAM_BASE_URL'] = upstreamBaseUrl;
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('CODEXMANAGER_') && value !== undefined && value.trim() !== '') variables[name] = value;
  }
  return variables;
}
