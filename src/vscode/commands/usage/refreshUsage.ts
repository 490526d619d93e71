import * as vscode from 'vscode';
import type { AccountId } from '../../../contract/account.ts';
import type { UsageRefresh } from '../../../contract/usage.ts';
import { usageReasonText } from '../../../core/display/reasons.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel, withoutLinks } from '../../notify.ts';
import { showText } from '../../shownTexts.ts';
import { refreshEnd, refreshProgress, refreshReasons } from './usageText.ts';

/** Work that ends sooner shows no progress, ms. */
const quietMs = 500;
/** As long as one question waits for a change, ms. */
const waitMs = 5_000;

/** Asks what these accounts have left, all of them when none are named, and says what came of it. */
export async function refreshUsage(mirror: Mirror, accountIds?: AccountId[]): Promise<void> {
  await tellEnd(await follow(mirror, await mirror.call('account/usage/refresh/start', accountIds && { accountIds })));
}

async function follow(mirror: Mirror, begun: UsageRefresh): Promise<UsageRefresh> {
  const end = performance.now() + quietMs;
  const { refreshId } = begun;
  let refresh = begun;
  const next = async (ms: number): Promise<void> => {
    refresh = await mirror.call('account/usage/refresh/status', { refreshId, seenRevision: refresh.revision, waitMs: ms });
  };
  for (let left = quietMs; refresh.state === 'running' && left > 0; left = end - performance.now()) await next(left);
  if (refresh.state !== 'running') return refresh;
  return withCancel('Refreshing usage', async (report, signal) => {
    // A cancellation that was not heard shows by the refresh going on.
    signal.addEventListener('abort', () => mirror.call('account/usage/refresh/cancel', { refreshId }).then(() => undefined, () => undefined), { once: true });
    while (refresh.state === 'running') {
      report(withoutLinks(refreshProgress(refresh)));
      await next(waitMs);
    }
    return refresh;
  });
}

async function tellEnd(end: UsageRefresh): Promise<void> {
  const [failure] = end.failures;
  if (failure && end.total === 1 && end.state === 'done') {
    void tell('warning', `The usage of ${failure.label} could not be read: ${usageReasonText(failure.reason)}.`);
    return;
  }
  const { message, look } = refreshEnd(end);
  if (look === 'quiet') vscode.window.setStatusBarMessage(`$(check) ${message}`, 4_000);
  else if ((await tell(look, message, ...(end.failed > 0 ? ['Show Reasons'] : []))) !== undefined) await showText('Refresh of Usage', refreshReasons(end));
}
