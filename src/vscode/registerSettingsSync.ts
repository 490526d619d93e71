import * as vscode from 'vscode';
import type { Log } from '../core/logger.ts';
import type { Disposable } from '../core/scope.ts';
import { AppError } from '../core/appError.ts';
import { settings as ids } from './ids.ts';
import type { Mirror } from './mirror.ts';
import { SettingsSync } from './settingsSync.ts';

/** Lets a person decide about routing in VS Code's settings, live and together with every other surface. */
export function registerSettingsSync(mirror: Mirror, log: Log): Disposable {
  const section = () => vscode.workspace.getConfiguration(ids.section);
  const sync = new SettingsSync({
    explicit: (setting) => section().inspect(setting)?.globalValue,
    write: async (setting, value) => section().update(setting, value, vscode.ConfigurationTarget.Global),
    send: (change) => mirror.call('settings/update', change),
    complain: (message) => void vscode.window.showWarningMessage(message),
    now: Date.now,
  });
  const failed = (thrown: unknown): void => log('warn', `Settings could not be brought in step: ${AppError.from(thrown).message}`);
  let { seat, settings } = mirror.snapshot;
  const parts = [mirror.onChange((snapshot) => {
    if (snapshot.seat !== seat) sync.connected();
    const isNews = snapshot.settings !== settings;
    ({ seat, settings } = snapshot);
    if (isNews && settings) sync.heard(settings).catch(failed);
  }), vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${ids.section}.routing`)) sync.changed().catch(failed);
  })];
  return { dispose: () => parts.forEach((part) => void part.dispose()) };
}
