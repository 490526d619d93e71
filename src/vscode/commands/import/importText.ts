import type { ImportStatus } from '../../../contract/importJob.ts';

type Counts = Pick<ImportStatus, 'created' | 'updated' | 'skipped' | 'failed'>;

/** `12 added, 3 updated, 2 skipped, 1 failed`; what is nothing is left out. */
export function summaryText({ created, updated, skipped, failed }: Counts): string {
  return join([[created, 'added'], [updated, 'updated'], [skipped, 'skipped'], [failed, 'failed']]);
}

/** `Add 3, update 1, skip 2 · 1 cannot be read`: what would happen. */
export function planText({ created, updated, skipped, failed }: Counts): string {
  const parts = [[created, 'add'], [updated, 'update'], [skipped, 'skip']].flatMap(([count, verb]) => (count === 0 ? [] : [`${verb} ${number(Number(count))}`]));
  const plan = parts.join(', ');
  const all = [plan.charAt(0).toUpperCase() + plan.slice(1), failed > 0 ? `${number(failed)} cannot be read` : ''];
  return all.filter((part) => part !== '').join(' · ');
}

/** `214 of 1,000 · 3 failed` while it stores, `214 of 1,000 files` while it reads. */
export function progressText({ state, done, total, failed, filesRead, files }: ImportStatus): string {
  const said = state === 'reading' ? `${number(filesRead)} of ${number(files)} files` : `${number(done)} of ${number(total)}`;
  return failed > 0 ? `${said} · ${number(failed)} failed` : said;
}

export interface ImportEnd { readonly severity: 'info' | 'warning' | 'error'; readonly message: string; readonly hasReasons: boolean }

/** What an import that stored something, or nothing, is told as. `plan` is its status from before it was decided on. */
export function endText(end: ImportStatus, plan: ImportStatus): ImportEnd {
  const hasReasons = end.failed > 0 || plan.skipped > 0;
  const keys = end.keys > 0 && end.state === 'done' ? ` ${number(end.keys)} platform ${end.keys === 1 ? 'key' : 'keys'} came with them.` : '';
  const stored = end.created + end.updated;
  if (end.state === 'cancelled') return { severity: 'warning', message: `The import was cancelled: ${stored === 0 ? 'nothing was stored' : `${summaryText(end)}; what was stored stays`}.`, hasReasons };
  if (end.state === 'failed') return { severity: 'error', message: `${stored > 0 ? `Accounts imported: ${summaryText(end)}. ` : ''}${end.message ?? 'The import stopped.'}`, hasReasons };
  const [only] = plan.preview;
  if (only && countOf(plan) === 1 && end.failed === 0 && stored === 1) {
    return { severity: 'info', message: `${only.label} was ${end.created === 1 ? 'added' : 'updated'}.${keys}`, hasReasons: false };
  }
  return { severity: end.failed > 0 ? 'warning' : 'info', message: `Accounts imported: ${summaryText(end)}.${keys}`, hasReasons };
}

/** What an import that would store nothing is told as. */
export function nothingText(plan: ImportStatus): string {
  if (countOf(plan) === 0) return 'There are no accounts in it. Choose the auth.json of Codex CLI (in ~/.codex), or an export of CodexManager.';
  const [failure] = plan.errors;
  if (countOf(plan) === 1 && failure) return `Nothing was imported. ${failure.message}`;
  const [only] = plan.preview;
  if (countOf(plan) === 1 && only) return `${only.label} was skipped${only.reason === null ? '' : `: ${only.reason}`}.`;
  return `Nothing was imported: ${summaryText(plan)}.`;
}

/** Everything that was not taken, with its place and reason, to read through. */
export function reasonsText(plan: ImportStatus, end: ImportStatus): string {
  const failed = end.errors.map(({ index, message, file, position, reason }) => `${file ?? `Account ${index}`}${position === null ? '' : `:${position}`}\n    ${reason ?? message}`);
  const skipped = plan.preview.filter(({ action }) => action === 'skip').map(({ label, file, reason }) => `${file}\n    ${label}: ${reason ?? 'nothing newer in it'}`);
  const section = (title: string, lines: readonly string[], count: number): string[] =>
    (count === 0 ? [] : [`${title} (${number(count)})`, ...lines, ...(count > lines.length ? [`… and ${number(count - lines.length)} more`] : []), '']);
  return [...section('Could not be read', failed, end.failed), ...section('Skipped', skipped, end.skipped)].join('\n');
}

/** How many things were found, readable or not. */
export function countOf({ created, updated, skipped, failed }: Counts): number {
  return created + updated + skipped + failed;
}

export function number(count: number): string {
  return count.toLocaleString('en');
}

function join(counts: readonly (readonly [number, string])[]): string {
  return counts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`).join(', ') || 'nothing';
}
