import * as vscode from 'vscode';
import type { ImportStart, ImportStatus } from '../../../contract/importJob.ts';
import { AppError } from '../../../core/appError.ts';
import type { Mirror } from '../../mirror.ts';
import { tell } from '../../notify.ts';
import { showText } from '../../shownTexts.ts';
import { followImport } from './followImport.ts';
import { countOf, endText, nothingText, reasonsText } from './importText.ts';
import { previewImport } from './previewImport.ts';
import { openBackup } from './openBackup.ts';

const showReasons = 'Show Reasons';

/**
 * Reads, shows what would happen when it is more than one account, stores, and says what came of it. Nothing is stored when it is given up before; the
 * engine forgets what it read then.
 */
export async function runImport(mirror: Mirror, source: ImportStart): Promise<void> {
  const begun = await mirror.call('account/import/start', source);
  const { importId } = begun;
  let kept = false;
  try {
    const read = await followImport(mirror, 'Reading accounts', begun);
    const plan = read.state === 'passphraseNeeded' ? await openBackup(mirror, read) : read;
    if (!plan || plan.state === 'cancelled') return;
    if (plan.state === 'failed') throw new AppError('badRequest', plan.message ?? 'The accounts could not be read.');
    const agreed = await decide(mirror, plan);
    if (!agreed) return;
    kept = true;
    const storing = await mirror.call('account/import/commit', { importId, ...agreed });
    await tellEnd(await followImport(mirror, 'Importing accounts', storing), plan);
  } finally {
    // The engine also forgets it by itself, later.
    if (!kept) await mirror.call('account/import/cancel', { importId }).then(() => undefined, () => undefined);
  }
}

/** What is to be told to the engine with the commit; null when nothing shall be stored. */
async function decide(mirror: Mirror, plan: ImportStatus): Promise<{ codexShared?: boolean } | null> {
  // A login that is there already may still be one to keep in step with Codex CLI.
  if (plan.created + plan.updated + plan.keys === 0 && !plan.sharesCodexLogin) {
    const severity = plan.failed > 0 || countOf(plan) === 0 ? 'error' : 'info';
    if ((await tell(severity, nothingText(plan), ...(countOf(plan) > 1 ? [showReasons] : []))) !== undefined) await showText('Import', reasonsText(plan, plan));
    return null;
  }
  if (countOf(plan) + plan.keys > 1 && !(await previewImport(plan))) return null;
  if (!plan.sharesCodexLogin) return {};
  const codexShared = await askToShare(mirror);
  return codexShared === null ? null : { codexShared };
}

/** Null: the person would rather not import at all. */
async function askToShare(mirror: Mirror): Promise<boolean | null> {
  const { email, path } = await mirror.call('account/codexLogin');
  const keep = 'Keep in Step';
  const pressed = await vscode.window.showWarningMessage(`Codex CLI on this computer uses the login of ${email ?? 'this account'} too. Keep both in step?`, {
    modal: true, detail: `A login is renewed with a token that works only once, so if two programs renew it on their own, both lose it. Kept in step, CodexManager writes each renewed login into ${path}, and only while that file holds this very login.`,
  }, keep, 'Do Not Write');
  return pressed === undefined ? null : pressed === keep;
}

async function tellEnd(end: ImportStatus, plan: ImportStatus): Promise<void> {
  const { severity, message, hasReasons } = endText(end, plan);
  if ((await tell(severity, message, ...(hasReasons ? [showReasons] : []))) !== undefined) await showText('Import', reasonsText(plan, end));
}
