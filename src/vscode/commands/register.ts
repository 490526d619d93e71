import * as vscode from 'vscode';
import type { Disposable } from '../../core/scope.ts';
import type { Log } from '../../core/logger.ts';
import type { CommandId } from '../ids.ts';
import type { RowModel } from '../views/rowModel.ts';
import { notifyFailure } from '../notify.ts';

/** `rows` are the rows of a tree the command was called on, the one under the pointer first; empty from the palette. */
export type Run = (rows: readonly RowModel[]) => Promise<void>;

/** The only place that registers commands: every one passes the same boundary, which tells failures and swallows cancellation. */
export function registerAll(runs: Readonly<Record<CommandId, Run>>, log: Log): Disposable {
  const registered = Object.entries(runs).map(([id, run]) => vscode.commands.registerCommand(id, async (row?: RowModel, rows?: readonly RowModel[]) => {
    try {
      await run(!row || typeof row !== 'object' || !('id' in row) ? [] : [row, ...(rows ?? []).filter(({ id }) => id !== row.id)]);
    } catch (thrown) {
      await notifyFailure(thrown, log);
    }
  }));
  return { dispose: () => registered.forEach((one) => void one.dispose()) };
}
