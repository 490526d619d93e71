import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import type { Mirror } from '../mirror.ts';
import { settings } from '../ids.ts';
import { confirm } from '../notify.ts';
import { addressOf } from '../views/gatewayRows.ts';
import type { Run } from './register.ts';

export interface GatewayCommands { readonly start: Run; readonly stop: Run; readonly pause: Run; readonly resume: Run; readonly copyAddress: Run; readonly changePort: Run }

export function gatewayCommands(mirror: Mirror): GatewayCommands {
  return {
    start: async () => {
      const { state, message } = await mirror.call('gateway/start');
      if (state !== 'running') throw new AppError('portBusy', message ?? 'The gateway did not start.');
    },
    stop: async () => {
      if (!(await confirm('Stop the gateway?', 'Requests that run are ended, and clients cannot connect until it is started again.', 'Stop'))) return;
      await mirror.call('gateway/stop');
    },
    pause: async () => {
      await mirror.call('gateway/pause');
      vscode.window.setStatusBarMessage('$(debug-pause) The gateway is paused: what runs goes on, new requests are refused', 4_000);
    },
    resume: async () => {
      await mirror.call('gateway/resume');
    },
    copyAddress: async () => {
      const { gateway } = mirror.snapshot;
      if (!gateway) throw new AppError('internal', 'The gateway is starting. Try again in a moment.');
      await vscode.env.clipboard.writeText(addressOf(gateway));
      vscode.window.setStatusBarMessage(`$(check) ${addressOf(gateway)} copied`, 4_000);
    },
    changePort: () => changePort(mirror),
  };
}

/** Writes the setting; the window that leads starts its engine anew with it. */
async function changePort(mirror: Mirror): Promise<void> {
  const current = mirror.snapshot.gateway?.port ?? 48_760;
  const text = await vscode.window.showInputBox({
    title: 'Gateway Port', prompt: 'Clients must then use the new address.', value: String(current + 1),
    validateInput: (value) => (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535 ? null : 'A whole number from 1 to 65535.'),
  });
  if (text === undefined) return;
  await vscode.workspace.getConfiguration(settings.section).update(settings.port, Number(text), vscode.ConfigurationTarget.Global);
}
