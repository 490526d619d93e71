import * as vscode from 'vscode';
import type { PlatformKey } from '../../contract/platformKey.ts';
import { AppError } from '../../core/appError.ts';
import type { Mirror } from '../mirror.ts';
import { confirm } from '../notify.ts';
import type { RowModel } from '../views/rowModel.ts';
import { chooseKeyAccounts } from './keyAccounts.ts';
import { createKey } from './createKey.ts';
import { editKeyLimits, editKeyNote, regenerateKey, renameKey } from './keys/keyEdits.ts';
import type { Run } from './register.ts';

export interface KeyCommands { readonly create: Run; readonly copy: Run; readonly accounts: Run; readonly rename: Run; readonly limits: Run; readonly note: Run; readonly regenerate: Run; readonly enable: Run; readonly disable: Run; readonly remove: Run }

export function keyCommands(mirror: Mirror): KeyCommands {
  const setEnabled = (method: 'apikey/enable' | 'apikey/disable', from: PlatformKey['status']): Run => async (rows) => {
    for (const { id } of await chosen(mirror, rows, 'Which platform key?', (key) => key.status === from)) await mirror.call(method, { id });
  };
  const withOne = (title: string, work: (mirror: Mirror, key: PlatformKey) => Promise<void>): Run => async (rows) => {
    const [key] = await chosen(mirror, rows, title, () => true);
    if (key) await work(mirror, key);
  };
  return {
    create: () => createKey(mirror),
    copy: async (rows) => {
      const [key] = await chosen(mirror, rows, 'Copy which platform key?', () => true);
      if (!key) return;
      await vscode.env.clipboard.writeText((await mirror.call('apikey/readSecret', { id: key.id })).key);
      vscode.window.setStatusBarMessage(`$(check) Platform key ${key.name ?? key.id} copied`, 4_000);
    },
    accounts: withOne('Choose the accounts of which platform key?', chooseKeyAccounts),
    rename: withOne('Rename which platform key?', renameKey),
    limits: withOne('Limits of which platform key?', editKeyLimits),
    note: withOne('Note on which platform key?', editKeyNote),
    regenerate: withOne('Give which platform key a new text?', regenerateKey),
    enable: setEnabled('apikey/enable', 'disabled'),
    disable: setEnabled('apikey/disable', 'active'),
    remove: async (rows) => {
      const keys = await chosen(mirror, rows, 'Delete which platform key?', () => true);
      const [first] = keys;
      if (!first) return;
      const what = keys.length === 1 ? `the platform key ${first.name ?? first.id}` : `${keys.length} platform keys`;
      if (!(await confirm(`Delete ${what}?`, 'Clients that use it are refused from now on. Its requests stay in the log.', 'Delete'))) return;
      for (const { id } of keys) await mirror.call('apikey/delete', { id });
    },
  };
}

/** The keys of the selected rows, else the one a person picks. */
async function chosen(mirror: Mirror, rows: readonly RowModel[], title: string, fits: (key: PlatformKey) => boolean): Promise<readonly PlatformKey[]> {
  const keys = mirror.snapshot.keys ?? [];
  const ids = new Set(rows.map(({ id }) => id));
  if (rows.length > 0) return keys.filter((key) => ids.has(key.id) && fits(key));
  const fitting = keys.filter(fits);
  if (fitting.length === 0) throw new AppError('notFound', keys.length === 0 ? 'There are no platform keys yet. Create one first.' : 'There is no platform key this could be done to.');
  const picked = await vscode.window.showQuickPick(fitting.map((key) => ({ label: key.name ?? key.id, description: key.status, key })), { title, placeHolder: 'Platform key' });
  return picked ? [picked.key] : [];
}
