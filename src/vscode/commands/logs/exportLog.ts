import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LogExport, LogExportStart } from '../../../contract/logExport.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel } from '../../notify.ts';
import { localPath } from '../export/exportAccounts.ts';
import { exportedText, exportProgress, fileNameAt, formatOf } from './exportText.ts';

const title = 'Export Request Log';
/** As long as one question waits for a change, ms. */
const waitMs = 5_000;

/** Asks which requests and where to, writes them with progress and Cancel, and offers to open the file. `query`: what the Logs page searches for. */
export async function exportLog(mirror: Mirror, query: string): Promise<void> {
  const wanted = await vscode.window.showInputBox({ title: `${title} (1/2)`, value: query, prompt: 'Which requests? A search as in the Logs page; empty for all of them.', placeHolder: 'account:work status:5xx after:7d' });
  if (wanted === undefined) return;
  const file = await vscode.window.showSaveDialog({ title: `${title} (2/2)`, saveLabel: 'Export', defaultUri: vscode.Uri.file(join(homedir(), fileNameAt(new Date()))), filters: { CSV: ['csv'], 'JSON Lines': ['jsonl'] } });
  if (!file) return;
  const path = localPath(file);
  const end = await run(mirror, { query: wanted, format: formatOf(path), path });
  if (end.state === 'cancelled') throw new AppError('cancelled', 'Cancelled.');
  if (end.state === 'failed') throw new AppError('internal', `The request log was not exported: ${end.message ?? 'unknown cause'}`);
  if ((await tell('info', exportedText(end), 'Open File')) !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(path));
}

async function run(mirror: Mirror, start: LogExportStart): Promise<LogExport> {
  const begun = await mirror.call('requestlog/export/start', start);
  const { exportId } = begun;
  return withCancel('Exporting the request log', async (report, signal) => {
    // A cancellation that was not heard shows by the export going on.
    signal.addEventListener('abort', () => mirror.call('requestlog/export/cancel', { exportId }).then(() => undefined, () => undefined), { once: true });
    let status = begun;
    while (status.state === 'running') {
      report(exportProgress(status));
      status = await mirror.call('requestlog/export/status', { exportId, seenRevision: status.revision, waitMs });
    }
    return status;
  });
}
