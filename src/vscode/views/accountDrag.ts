import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ImportStart } from '../../contract/importJob.ts';
import type { Log } from '../../core/logger.ts';
import { sourcesOf, textSource } from '../commands/import/importSources.ts';
import { runImport } from '../commands/import/runImport.ts';
import { views } from '../ids.ts';
import type { Mirror } from '../mirror.ts';
import { notifyFailure } from '../notify.ts';
import { arrangeOf, type DropRow } from './accountDrop.ts';
import { accountIdsOf, type RowModel } from './rowModel.ts';

/** VS Code's own name for rows of a view. */
const rowsType = `application/vnd.code.tree.${views.accounts.toLowerCase()}`;
const Rows = z.array(z.object({ id: z.string(), accountIds: z.array(z.string()), isGroup: z.boolean() }));

/** Drag accounts and groups to sort and regroup them; drop files and folders to import them. */
export function accountDrag(mirror: Mirror, log: Log): vscode.TreeDragAndDropController<RowModel> {
  return {
    dragMimeTypes: [rowsType],
    dropMimeTypes: [rowsType, 'text/uri-list', 'files'],
    handleDrag: (rows, transfer) => {
      const movable = rows.filter(({ context }) => context !== 'window').map(dropRow);
      transfer.set(rowsType, new vscode.DataTransferItem(JSON.stringify(movable)));
    },
    handleDrop: async (target, transfer) => {
      try {
        const rows = transfer.get(rowsType);
        if (rows) await arrange(mirror, Rows.parse(JSON.parse(await rows.asString())), target);
        else await importDropped(mirror, transfer);
      } catch (thrown) {
        await notifyFailure(thrown, log);
      }
    },
  };
}

function dropRow(row: RowModel): DropRow {
  return { id: row.id, accountIds: [...accountIdsOf([row])], isGroup: row.context === 'group' };
}

async function arrange(mirror: Mirror, dragged: readonly DropRow[], target: RowModel | undefined): Promise<void> {
  const change = arrangeOf(dragged, target ? dropRow(target) : null, mirror.snapshot.accounts ?? []);
  if (change) await mirror.call('account/arrange', change);
}

async function importDropped(mirror: Mirror, transfer: vscode.DataTransfer): Promise<void> {
  const list = await transfer.get('text/uri-list')?.asString() ?? '';
  const uris = list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => vscode.Uri.parse(line));
  const listed = await sourcesOf(uris);
  // What comes from outside may have no address, only content.
  const sources: NonNullable<ImportStart['sources']> = [...(listed.sources ?? [])];
  for (const [, item] of transfer) {
    const file = item.asFile();
    if (file && (uris.length === 0 || (file.uri && !uris.some((uri) => uri.toString() === file.uri?.toString())))) sources.push(textSource(file.name, await file.data()));
  }
  if (uris.length + sources.length > 0) await runImport(mirror, { ...listed, ...(sources.length > 0 && { sources }) });
}
