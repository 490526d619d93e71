import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codexHomeOf } from './core/codexHome.ts';
import { Scope } from './core/scope.ts';
import type { Log } from './core/logger.ts';
import { systemClock } from './core/systemClock.ts';
import { accountCommands } from './vscode/commands/accountCommands.ts';
import { gatewayCommands } from './vscode/commands/gatewayCommands.ts';
import { keyCommands } from './vscode/commands/keyCommands.ts';
import { lensCommands } from './vscode/commands/lens/lensCommands.ts';
import { routeCommands } from './vscode/commands/route/routeCommands.ts';
import { registerAll } from './vscode/commands/register.ts';
import { exportLog } from './vscode/commands/logs/exportLog.ts';
import { usageCommands } from './vscode/commands/usage/usageCommands.ts';
import { keepDataKey, readDataKey } from './vscode/dataKey.ts';
import { EngineWorker } from './vscode/engineWorker.ts';
import { commands, settings } from './vscode/ids.ts';
import { LensKeeper } from './vscode/lensKeeper.ts';
import { Mirror } from './vscode/mirror.ts';
import { NetworkKeeper, networkSection, readNetwork } from './vscode/networkSettings.ts';
import { registerNotices } from './vscode/notices/registerNotices.ts';
import { registerAttention } from './vscode/registerAttention.ts';
import { registerSettingsSync } from './vscode/registerSettingsSync.ts';
import { engineSettings, engineVariables, readSettings } from './vscode/settings.ts';
import { registerTexts } from './vscode/shownTexts.ts';
import { registerStatusBar } from './vscode/statusBar.ts';
import { registerPanels, type Panels } from './vscode/webviews/panels.ts';
import { accountDrag } from './vscode/views/accountDrag.ts';
import { registerViews } from './vscode/views/registerViews.ts';
import { WindowSeat } from './vscode/windowSeat.ts';

const app = new Scope();

/** Wires and returns: election, databases and network live behind the seat. */
export function activate(context: vscode.ExtensionContext): void {
  const output = app.own(vscode.window.createOutputChannel('CodexManager', { log: true }));
  const log: Log = (level, message) => output[level](message);
  const mirror = app.own(new Mirror());
  const network = new NetworkKeeper(() => readNetwork(vscode.workspace.getConfiguration(networkSection), process.env));
  const engine = engineOf(context, network, log);
  const seat = app.own(new WindowSeat({ dataDir: context.globalStorageUri.fsPath, clock: systemClock, log, startEngine: engine.start, onChange: (change) => mirror.setSeat(change) }));
  const lens = new LensKeeper(context.workspaceState);
  const hold = { until: 0 };
  app.own(registerViews(mirror, lens, accountDrag(mirror, lens, log, hold), hold));
  app.own(registerTexts());
  const attention = app.own(registerAttention(mirror));
  app.own(registerStatusBar(mirror, () => attention.isLooking));
  app.own(registerNotices(mirror));
  app.own(registerSettingsSync(mirror, log));
  const panels = app.own(registerPanels(context.extensionUri, mirror));
  app.own(registerCommands({ mirror, seat, panels, lens, output, log }));
  app.own(vscode.workspace.onDidChangeConfiguration((change) => {
    if (engineSettings.some((name) => change.affectsConfiguration(`${settings.section}.${name}`)) || (change.affectsConfiguration(networkSection) && network.changed)) engine.restart();
  }));
}

/** Awaited by VS Code, for five seconds at most. */
export function deactivate(): Promise<void> {
  return app.dispose();
}

function engineOf(context: vscode.ExtensionContext, network: NetworkKeeper, log: Log): EngineWorker {
  const dist = join(context.extensionPath, 'dist');
  return new EngineWorker({
    engineFile: join(dist, 'engine.js'), log,
    startMessage: async () => ({
      type: 'start', dbPath: join(context.globalStorageUri.fsPath, 'codexmanager.db'), storeFile: join(dist, 'store.js'), rpcOnGatewayPort: false, codexHome: codexHomeOf(process.env, homedir()),
      env: engineVariables(readSettings(vscode.workspace.getConfiguration(settings.section), (problem) => void vscode.window.showWarningMessage(problem)), process.env),
      network: network.tell(),
      secretDataKey: await readDataKey(context.secrets, log),
    }),
    onReady: ({ newDataKey }) => {
      if (newDataKey !== null) void keepDataKey(context.secrets, newDataKey, log);
    },
  });
}

interface CommandParts { readonly mirror: Mirror; readonly seat: WindowSeat; readonly panels: Panels; readonly lens: LensKeeper; readonly output: vscode.LogOutputChannel; readonly log: Log }

function registerCommands({ mirror, seat, panels, lens, output, log }: CommandParts) {
  const [key, gateway] = [keyCommands(mirror), gatewayCommands(mirror)];
  return registerAll({
    ...accountCommands(mirror),
    ...usageCommands(mirror),
    ...routeCommands(mirror),
    ...lensCommands(mirror, lens),
    [commands.createKey]: key.create,
    [commands.copyKey]: key.copy,
    [commands.keyAccounts]: key.accounts,
    [commands.renameKey]: key.rename,
    [commands.keyLimits]: key.limits,
    [commands.editKeyNote]: key.note,
    [commands.regenerateKey]: key.regenerate,
    [commands.enableKey]: key.enable,
    [commands.disableKey]: key.disable,
    [commands.deleteKey]: key.remove,
    [commands.startGateway]: gateway.start,
    [commands.stopGateway]: gateway.stop,
    [commands.pauseGateway]: gateway.pause,
    [commands.resumeGateway]: gateway.resume,
    [commands.copyAddress]: gateway.copyAddress,
    [commands.changePort]: gateway.changePort,
    [commands.openDashboard]: () => Promise.resolve(panels.open('dashboard')),
    [commands.openLogs]: () => Promise.resolve(panels.open('logs')),
    [commands.exportLog]: () => exportLog(mirror, panels.logQuery),
    [commands.showOutput]: () => Promise.resolve(output.show()),
    [commands.retry]: () => seat.retry(),
  }, log);
}
