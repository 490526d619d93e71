import type { ResetOutcome, UsageRefresh } from '../../../contract/usage.ts';
import { numberText, timeText, type Reader } from '../../../core/display/format.ts';
import { usageReasonText } from '../../../core/display/reasons.ts';

/** From here on a day of a month could be of another year. */
const farMs = 300 * 86_400_000;

/** `214 of 1,000 · 3 failed · last: home@…` */
export function refreshProgress({ total, done, failed, last }: UsageRefresh): string {
  const parts = [`${numberText(done)} of ${numberText(total)}`, failed > 0 ? `${numberText(failed)} failed` : null, last === null ? null : `last: ${last}`];
  return parts.filter((part) => part !== null).join(' · ');
}

/** What came of a refresh of many; `quiet` when it needs no notification. */
export function refreshEnd({ state, total, done, failed }: UsageRefresh): { readonly message: string; readonly look: 'quiet' | 'info' | 'warning' } {
  const read = done - failed;
  if (state === 'cancelled') return { message: `The refresh was cancelled: usage of ${numberText(read)} of ${countOf(total)} read${failed > 0 ? `, ${numberText(failed)} failed` : ''}.`, look: failed > 0 ? 'warning' : 'info' };
  if (total === 0) return { message: 'No account can be asked for its usage: each needs you to sign in again.', look: 'warning' };
  if (failed === 0) return { message: `usage of ${countOf(total)} refreshed`, look: 'quiet' };
  return { message: `Usage of ${numberText(read)} of ${countOf(total)} read, ${numberText(failed)} failed. Accounts whose usage cannot be read go on serving.`, look: 'warning' };
}

/** Every account that failed with its reason, for a text of its own. */
export function refreshReasons({ failures, failed }: UsageRefresh): string {
  const lines = failures.map(({ label, reason }) => `${label}: ${usageReasonText(reason)}`);
  return [...lines, ...(failed > failures.length ? [`… and ${numberText(failed - failures.length)} more`] : [])].join('\n');
}

/** `expires Fri 09:00`, with the year when it is far away. */
export function expiryText(expiresAt: number | null, reader: Reader): string {
  if (expiresAt === null) return 'does not expire';
  return `expires ${expiresAt * 1000 - reader.now < farMs ? timeText(expiresAt, reader) : new Date(expiresAt * 1000).toISOString().slice(0, 10)}`;
}

/** What came of redeeming a reset, in words. */
export function outcomeText(label: string, outcome: ResetOutcome): { readonly message: string; readonly severity: 'info' | 'warning' } {
  switch (outcome) {
    case 'reset': return { message: `The windows of ${label} were reset: it can work again.`, severity: 'info' };
    case 'nothingToReset': return { message: `${label} has nothing to reset: its windows are full. The reset was not used up.`, severity: 'info' };
    case 'noCredit': return { message: `${label} has no such reset any more: it was used or has expired. Nothing was changed.`, severity: 'warning' };
    case 'alreadyRedeemed': return { message: `This reset of ${label} was redeemed before. Nothing was changed.`, severity: 'warning' };
  }
}

function countOf(count: number): string {
  return count === 1 ? '1 account' : `${numberText(count)} accounts`;
}
