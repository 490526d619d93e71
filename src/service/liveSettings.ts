import * as z from 'zod/mini';
import type { SettingName, Settings, SettingsChange, SettingsState } from '../contract/settings.ts';
import { Settings as SettingsSchema } from '../contract/settings.ts';
import type { Disposable } from '../core/scope.ts';
import { AppError } from '../core/appError.ts';
import { defaultSettings, settingVariables } from '../core/settingVariables.ts';
import { ChangeSignal } from './changeSignal.ts';

/** The setting's name in the database. */
export const settingsName = 'settings';

export interface LiveSettingsDeps {
  /** What variables of this process decide. */
  readonly decided: Partial<Settings>;
  /** Durable; rejects with an AppError. */
  readonly keep: (json: string) => Promise<void>;
}

/** What a person decided, on disk before it counts; what variables decide wins while this process runs and is not overwritten. */
export class LiveSettings implements Disposable {
  readonly #deps: LiveSettingsDeps;
  readonly #changes = new ChangeSignal(0);
  #wished: Partial<Settings>;
  #current: Settings;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(deps: LiveSettingsDeps, wished: Partial<Settings>) {
    this.#deps = deps;
    this.#wished = wished;
    this.#current = this.#merge();
  }

  get current(): Settings {
    return this.#current;
  }

  state(): SettingsState {
    const locked = (Object.keys(this.#deps.decided) as SettingName[]).map((name) => ({ name, variable: variableOf(name) }));
    return { settings: this.#current, locked };
  }

  isLocked(name: SettingName): boolean {
    return this.#deps.decided[name] !== undefined;
  }

  onChange(listener: () => void): Disposable {
    return this.#changes.on(listener);
  }

  /** All or none, durable, then in force. A setting that a variable decides to be something else rejects with `conflict`. */
  change(change: SettingsChange): Promise<void> {
    const changed = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Settings>;
    const locked = (Object.keys(changed) as SettingName[]).find((name) => this.isLocked(name) && changed[name] !== this.#current[name]);
    if (locked) return Promise.reject(new AppError('conflict', `${variableOf(locked)} decides "${locked}" (${String(this.#current[locked])}) while it is set. Unset it to change the setting here.`));
    const done = this.#saving.then(async () => {
      const wished = { ...this.#wished, ...changed };
      await this.#deps.keep(JSON.stringify(wished));
      this.#wished = wished;
      this.#current = this.#merge();
      this.#changes.fire();
    });
    this.#saving = done.catch(() => undefined);
    return done;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #merge(): Settings {
    return { ...defaultSettings, ...this.#wished, ...this.#deps.decided };
  }
}

function variableOf(name: SettingName): string {
  return `CODEXMANAGER_${settingVariables[name]}`;
}

const Stored = z.catch(z.record(z.string(), z.unknown()), {});

/** The settings a database holds; one that is no value of its kind is passed over, as is one of another version. */
export function readSettings(json: string | undefined): Partial<Settings> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(Stored.parse(parse(json ?? '{}')))) {
    if (Object.hasOwn(SettingsSchema.shape, name) && SettingsSchema.shape[name as SettingName].safeParse(value).success) kept[name] = value;
  }
  return kept;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
