import { mostOfSetting, Settings, type SettingName, type SettingsChange, type SettingsState } from '../contract/settings.ts';
import { settings as ids } from './ids.ts';

/** The engine's settings by their names in VS Code, behind `codexmanager.`. */
export const routingSettings: Readonly<Record<SettingName, string>> = {
  routeStrategy: 'routing.strategy', accountMaxInflight: 'routing.accountMaxInflight', requestGateWaitMs: 'routing.requestGateWaitMs', waitBudgetMs: 'routing.waitBudgetMs',
  retryMaxAttempts: 'routing.retryMaxAttempts', retryMaxMs: 'routing.retryMaxMs', routeHealthP2c: 'routing.healthChoice', routeHealthOrderedWindow: 'routing.healthOrderedWindow',
  routeHealthBalancedWindow: 'routing.healthBalancedWindow', routeStateTtlSeconds: 'routing.conversationTtlSeconds', routeStateCapacity: 'routing.conversationCapacity',
  logRetentionDays: 'log.retentionDays', logRetentionRows: 'log.retentionRows',
};
const names = Object.keys(routingSettings) as SettingName[];

export interface SyncPorts {
  /** What the person set in VS Code; undefined where they set nothing. */
  explicit(setting: string): unknown;
  write(setting: string, value: unknown): Promise<void>;
  /** Rejects with an AppError. */
  send(change: SettingsChange): Promise<unknown>;
  complain(message: string): void;
  /** Unix ms. */
  now(): number;
}

/** An event that was on its way when we sent something ourselves tells of the time before; after so long, ms, none is any more. */
const echoMs = 1_000;

/** Keeps VS Code's settings and the engine's in step: what a person set here is told at each connection and change, and what is changed elsewhere is written back only where something was set. */
export class SettingsSync {
  readonly #ports: SyncPorts;
  #state: SettingsState | null = null;
  #sentAt = -Infinity;

  constructor(ports: SyncPorts) {
    this.#ports = ports;
  }

  /** Another engine is heard from now on. */
  connected(): void {
    this.#state = null;
  }

  async heard(state: SettingsState): Promise<void> {
    const isFirst = this.#state === null;
    this.#state = state;
    if (isFirst) await this.#tell(state);
    else if (this.#ports.now() - this.#sentAt >= echoMs) await this.#writeBack(state);
  }

  /** The person changed a setting in VS Code. */
  async changed(): Promise<void> {
    if (this.#state) await this.#tell(this.#state);
  }

  async #tell({ settings, locked }: SettingsState): Promise<void> {
    const change: Partial<Record<SettingName, unknown>> = {};
    for (const name of names) {
      const value = this.#ports.explicit(routingSettings[name]);
      if (value === undefined || locked.some((lock) => lock.name === name)) continue;
      if (!Settings.shape[name].safeParse(value).success) this.#ports.complain(problemOf(name, settings));
      else if (value !== settings[name]) change[name] = value;
    }
    if (Object.keys(change).length === 0) return;
    this.#sentAt = this.#ports.now();
    await this.#ports.send(change as SettingsChange); // each value passed its own schema
    this.#sentAt = this.#ports.now();
  }

  async #writeBack({ settings, locked }: SettingsState): Promise<void> {
    for (const name of names) {
      const value = this.#ports.explicit(routingSettings[name]);
      if (value !== undefined && value !== settings[name] && !locked.some((lock) => lock.name === name)) await this.#ports.write(routingSettings[name], settings[name]);
    }
  }
}

function problemOf(name: SettingName, settings: Settings): string {
  const must = name === 'routeStrategy' ? 'one of ordered, balanced, headroom, drain' : name === 'routeHealthP2c' ? 'true or false' : `a whole number from 0 to ${mostOfSetting[name]}`;
  return `The setting ${ids.section}.${routingSettings[name]} must be ${must}; ${String(settings[name])} is used.`;
}
