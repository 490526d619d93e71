import type { ImportStatus } from '../../../contract/importJob.ts';
import type { Mirror } from '../../mirror.ts';
import { withCancel } from '../../notify.ts';
import { progressText } from './importText.ts';

/** Work that ends sooner shows no progress, ms. */
const quietMs = 500;
/** As long as one question waits for a change, ms. */
const waitMs = 5_000;

/** Resolves when the import has left the state it is in. What takes longer than a moment shows how far it is, with a Cancel. */
export async function followImport(mirror: Mirror, title: string, begun: ImportStatus): Promise<ImportStatus> {
  const end = performance.now() + quietMs;
  let status = begun;
  const next = async (ms: number): Promise<void> => {
    status = await mirror.call('account/import/status', { importId: begun.importId, seenRevision: status.revision, waitMs: ms });
  };
  for (let left = quietMs; status.state === begun.state && left > 0; left = end - performance.now()) await next(left);
  if (status.state !== begun.state) return status;
  return withCancel(title, async (report, signal) => {
    // A cancellation that was not heard shows by the import going on.
    signal.addEventListener('abort', () => mirror.call('account/import/cancel', { importId: begun.importId }).then(() => undefined, () => undefined), { once: true });
    while (status.state === begun.state) {
      report(progressText(status));
      await next(waitMs);
    }
    return status;
  });
}
