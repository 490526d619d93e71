import * as vscode from 'vscode';
import type { ImportStart } from '../../contract/importJob.ts';
import type { Log } from '../../core/logger.ts';
import { sourcesOf, textSource } from '../commands/import/importSources.ts';
import { runImport } from '../commands/import/runImport.ts';
import { views } from '../ids.ts';
import type { Mirror } from '../mirror.ts';
import type { LensKeeper } from '../lensKeeper.ts';
import { notifyFailure, tell } from '../notify.ts';
import { arrangeOf, readRows, type DropRow } from './accountDrop.ts';
import { accountIdsOf, type RowModel } from './rowModel.ts';

/** VS Code's own name for rows of a view. */
const rowsType = `application/vnd.code.tree.${views.accounts.toLowerCase()}`;

/** While rows are dragged they are not drawn anew: VS Code may lose a drop onto a row that is another one by then. */
export interface DragHold { /** Unix ms; VS Code does not say when a drag is given up. */ until: number }
const mostDragMs = 5_000;

/** Drag accounts and groups to sort and regroup them; drop files and folders to import them. */
export function accountDrag(mirror: Mirror, lens: LensKeeper, log: Log, hold: DragHold): vscode.TreeDragAndDropController<RowModel> {
  let dragged: readonly DropRow[] = [];
  return {
    dragMimeTypes: [rowsType],
    dropMimeTypes: [rowsType, 'text/uri-list', 'files'],
    handleDrag: (rows, transfer) => {
      hold.until = Date.now() + mostDragMs;
      dragged = rows.filter(isMovable).map(dropRow);
      transfer.set(rowsType, new vscode.DataTransferItem(JSON.stringify(dragged)));
    },
    handleDrop: async (target, transfer) => {
      hold.until = 0;
      try {
        const rows = await transfer.get(rowsType)?.asString();
        if (rows !== undefined && lens.lens.sort !== 'order') await offerOrder(lens);
        else if (rows !== undefined) await arrange(mirror, readRows(rows, dragged), target);
        else await importDropped(mirror, transfer);
      } catch (thrown) {
        await notifyFailure(thrown, log);
      }
    },
  };
}

/** A place among accounts that are sorted by something else means nothing. */
async function offerOrder(lens: LensKeeper): Promise<void> {
  if ((await tell('info', 'Accounts can be moved while they are sorted by their order.', 'Sort by Order')) !== undefined) await lens.set({ sort: 'order' });
}

/** What belongs to an account goes with it. */
function isMovable({ context = '' }: RowModel): boolean {
  return context === 'group' || context === 'range' || context.startsWith('account;');
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
